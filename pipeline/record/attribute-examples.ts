import { closingAfter, type OnEnd } from '../disk/closing.ts';
import type { CompiledBy } from '../engine/program.ts';
import { greatest } from '../numbers/extremes.ts';
import { type FloatTensor, float32, type IntTensor, int32 } from '../numbers/tensor.ts';
import { copyRow } from '../numbers/tensor-rows.ts';
import { contextOfToken, positionOfToken } from '../numbers/token-place.ts';
import { encoderRowsOf } from '../sae/encoder-rows.ts';
import type { LayerRecorder } from './layer-recorder.ts';
import { contextAttributionProgram } from './programs.ts';
import type { RecordingOptions } from './recording-options.ts';

/** Examples of one run of the program: the fewest that hold all that are left, else the most. */
const blockSizes = [32, 128] as const;

/**
 * Computes the attributions of top examples that have none, context by context: one forward pass of each context that
 * has any, once the corpus is recorded, so that none is computed of an example that falls out again. The number of contexts.
 */
export async function attributeExamples(
  options: RecordingOptions,
  recorders: readonly LayerRecorder[],
  commit: () => Promise<void>,
): Promise<number> {
  const left = recorders.map((recorder) => new ByContext(recorder, options.contexts.length));
  if (left.every(({ next }) => next === undefined)) return 0;
  return closingAfter((onEnd) => attributeLeft(options, left, commit, onEnd));
}

async function attributeLeft(
  options: RecordingOptions,
  left: readonly ByContext[],
  commit: () => Promise<void>,
  onEnd: OnEnd,
): Promise<number> {
  const { contexts, effects } = options;
  const programs = new ContextAttributions(options);
  onEnd(() => programs.dispose());
  const progress = effects.progress('attributions', contexts.count, 'contexts');
  onEnd(() => progress.end());
  let done = 0;
  for (let context = 0; context < contexts.count; context++) {
    const examples = left.map((own) => ({ recorder: own.recorder, places: own.take(context) }));
    const most = greatest(examples.map(({ places }) => places.length));
    if (most === 0) continue;
    const tokens = int32([1, contexts.length], Int32Array.from(await contexts.read(context, 1)));
    for (let at = 0; at < most; ) {
      const size = blockSizes.find((each) => each >= most - at) ?? blockSizes[1];
      const block = examples.map(({ recorder, places }) => ({ recorder, places: places.subarray(at, at + size) }));
      await programs.run(tokens, size, block);
      at += size;
    }
    done++;
    progress.update(context + 1);
    await commit();
  }
  return done;
}

/** A recorder's examples without an attribution, told by their places in the top's state, context by context. */
class ByContext {
  readonly recorder: LayerRecorder;
  readonly #places: Uint32Array;
  readonly #length: number;
  #at = 0;

  constructor(recorder: LayerRecorder, length: number) {
    this.recorder = recorder;
    this.#places = recorder.unattributed();
    this.#length = length;
  }

  /** The context of the next. */
  get next(): number | undefined {
    if (this.#at === this.#places.length) return undefined;
    return contextOfToken(this.recorder.top.state.tokens[this.#places[this.#at]], this.#length);
  }

  /** Those in a context, none of whose predecessors is left. */
  take(context: number): Uint32Array {
    const start = this.#at;
    while (this.next === context) this.#at++;
    return this.#places.subarray(start, this.#at);
  }
}

/** A recorder's examples in one context. */
interface RecorderExamples {
  readonly recorder: LayerRecorder;
  readonly places: Uint32Array;
}

/** contextAttributionProgram of every block size that is asked for. */
class ContextAttributions {
  readonly #options: RecordingOptions;
  readonly #compiled = new Map<number, CompiledBy<typeof contextAttributionProgram>>();
  /** By the SAE's id. */
  readonly #encoders: ReadonlyMap<string, FloatTensor>;

  constructor(options: RecordingOptions) {
    this.#options = options;
    this.#encoders = new Map(options.saes.map((sae) => [sae.id, encoderRowsOf(sae)]));
  }

  /** Computes and stores the attributions of up to `size` examples of each recorder. */
  async run(tokens: IntTensor, size: number, examples: readonly RecorderExamples[]): Promise<void> {
    const { length } = this.#options.contexts;
    const run = await this.#program(size);
    const chosen = examples.map(({ recorder, places }) => {
      const { sae, top } = recorder;
      const [encoder, positions] = [float32([size, sae.dIn]), int32([size])];
      const own = this.#encoders.get(sae.id);
      if (!own) throw new Error(`no sae ${sae.id} is attributed`);
      for (const [i, place] of places.entries()) {
        copyRow(own, Math.floor(place / top.k), encoder, i);
        positions.data[i] = positionOfToken(top.state.tokens[place], length);
      }
      return [sae.id, { encoder, positions }] as const;
    });
    const outputs = await run({ tokens, examples: Object.fromEntries(chosen) });
    for (const { recorder, places } of examples) {
      if (places.length === 0) continue;
      const { bySource, byHead, outputBias } = outputs.saes[recorder.sae.id];
      const rows = ({ data }: FloatTensor) => data.subarray(0, (data.length / size) * places.length);
      recorder.store(places, { bySource: rows(bySource), byHead: rows(byHead), outputBias: rows(outputBias) });
    }
  }

  async dispose(): Promise<void> {
    for (const run of this.#compiled.values()) await run.dispose();
  }

  async #program(size: number) {
    const { engine, model, saes, contexts } = this.#options;
    const known = this.#compiled.get(size);
    if (known) return known;
    const run = await engine.compile(contextAttributionProgram(model, saes, contexts.length, size));
    this.#compiled.set(size, run);
    return run;
  }
}
