import { closeAll } from '../disk/closing.ts';
import type { CompiledBy, OutputsOf } from '../engine/program.ts';
import { int32 } from '../numbers/tensor.ts';
import type { Sae } from '../sae/sae.ts';
import type { ContextRange } from './context-range.ts';
import type { CorpusPass } from './corpus-pass.ts';
import { type HeadPeaks, peakLayers } from './head-peaks.ts';
import type { LayerRecorder } from './layer-recorder.ts';
import { activeProgram } from './programs.ts';
import type { RecordingOptions } from './recording-options.ts';

type Outputs = OutputsOf<typeof activeProgram>;

/** Active features read of most tokens before it is known how many there are. */
const firstGuess = 32;
/** What the number of those that are read is a multiple of. */
const step = 4;
/** Of so many batches, one may have more active features than are read, before more are read of all. */
const batchesPerMiss = 4;

/**
 * The pass where reading costs: active features are picked out in the graph, and the next batch runs while the host takes
 * in the last. Of a batch with more than was read of it, more is read. Attributions are left for attributeExamples.
 */
export class SparsePass implements CorpusPass {
  readonly #options: RecordingOptions;
  readonly #heads: HeadPeaks;
  readonly #kept: Map<string, number>;
  readonly #compiled = new Map<string, Promise<CompiledBy<typeof activeProgram>>>();
  #ahead: { readonly first: number; readonly outputs: Promise<Outputs> } | undefined;
  #batches = 0;
  #misses = 0;

  constructor(options: RecordingOptions, heads: HeadPeaks) {
    this.#options = options;
    this.#heads = heads;
    this.#kept = new Map(options.saes.map((sae) => [sae.id, guessFor(sae)]));
  }

  async run(recorders: readonly LayerRecorder[], range: ContextRange, next?: ContextRange): Promise<void> {
    const { first, count } = range;
    const outputs = await (this.#ahead?.first === first ? this.#ahead.outputs : this.#outputs(range));
    if (this.#batches === 0) await this.#fit(outputs, count);
    this.#ahead = next && { first: next.first, outputs: this.#outputs(next) };
    this.#ahead?.outputs.catch(() => {});
    this.#batches++;
    this.#heads.take(outputs.peaks, first, count);
    for (const recorder of recorders) {
      let rows = outputs.saes[recorder.sae.id];
      for (let times = 2; !recorder.recordActive(rows, first, count); times *= 2) {
        rows = (await this.#outputs(range, times)).saes[recorder.sae.id];
        await this.#miss();
      }
    }
  }

  async settle(): Promise<void> {}

  /** Gives back what was compiled; each program holds the weights of the model and of all SAEs. */
  async dispose(): Promise<void> {
    await this.#ahead?.outputs.catch(() => {});
    const compiled = [...this.#compiled.values()];
    this.#compiled.clear();
    await closeAll(compiled.map((own) => async () => (await own).dispose()));
  }

  async #outputs({ first, count }: ContextRange, times = 1): Promise<Outputs> {
    const { batch, contexts } = this.#options;
    const run = await this.#program(times);
    const tokens = int32([batch, contexts.length]);
    tokens.data.set(await contexts.read(first, count));
    return run({ tokens });
  }

  #program(times: number): Promise<CompiledBy<typeof activeProgram>> {
    const { engine, model, saes, batch, contexts } = this.#options;
    const narrow = ({ id, dSae }: Sae) => Math.min(times * (this.#kept.get(id) ?? firstGuess), dSae);
    const key = saes.map(narrow).join();
    const compiled =
      this.#compiled.get(key) ??
      engine.compile(
        activeProgram(model, saes, { batch, length: contexts.length, peaksOf: peakLayers(this.#options), narrow }),
      );
    this.#compiled.set(key, compiled);
    return compiled;
  }

  /** Twice as many are read of each token as are active on average in the first batch: 24·L0 + 56 bytes, about. */
  async #fit({ saes }: Outputs, count: number): Promise<void> {
    for (const { id, activation } of this.#options.saes) {
      if (activation.kind === 'topk') continue;
      const counts = saes[id].counts.data.subarray(0, count * this.#options.contexts.length);
      const mean = counts.reduce((sum, active) => sum + active, 0) / counts.length;
      this.#kept.set(id, step * Math.max(1, Math.ceil((2 * mean) / step)));
    }
    await this.dispose();
  }

  async #miss(): Promise<void> {
    this.#misses++;
    if ((this.#misses - 1) * batchesPerMiss <= this.#batches) return;
    for (const [id, kept] of this.#kept) this.#kept.set(id, 2 * kept);
    this.#misses = 0;
    this.#batches = 1;
    await this.dispose();
  }
}

const guessFor = ({ activation }: Sae): number => (activation.kind === 'topk' ? activation.k : firstGuess);
