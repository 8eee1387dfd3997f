import { join } from 'node:path';
import { removePath } from '../disk/disk.ts';
import { orClose } from '../disk/or-close.ts';
import type { CompiledBy, Engine } from '../engine/program.ts';
import type { Model } from '../model/model.ts';
import type { FloatTensor } from '../numbers/tensor.ts';
import { tokenAt } from '../numbers/token-place.ts';
import type { Sae } from '../sae/sae.ts';
import {
  ActivationLog,
  type ActivationLogPosition,
  type ActiveEntries,
  bytesPerActivation,
  segmentBytes,
  startOfLog,
} from './activation-log.ts';
import { EntryBuffer } from './active-entries.ts';
import { AttributionLog, type AttributionLogPosition, startOfAttributions } from './attribution-log.ts';
import { Attributor } from './attributor.ts';
import { type Admitted, type AttentionBatch, ExampleAttributions, notFinite } from './example-attributions.ts';
import { encodeProgram } from './programs.ts';
import type { TopExamples } from './top-examples.ts';
import { readTop, type TopFile, writeTop } from './top-file.ts';

/** Where an SAE's recording stood when it was last committed. */
export interface SaePosition {
  readonly activations: ActivationLogPosition;
  readonly attributions: AttributionLogPosition;
  /** The file of its top examples, in the working folder. */
  readonly top: TopFile | null;
}

const startPosition: SaePosition = {
  activations: startOfLog,
  attributions: startOfAttributions,
  top: null,
};

export interface LayerOptions {
  readonly engine: Engine;
  readonly model: Model;
  readonly sae: Sae;
  /** Tokens of a context. */
  readonly length: number;
  /** Contexts of a forward pass. */
  readonly batch: number;
  /** Top examples a feature. */
  readonly examples: number;
  readonly folder: string;
}

/** Records one SAE's features over the corpus: every activation, the top examples and their attributions. */
export class LayerRecorder {
  readonly sae: Sae;
  readonly #options: LayerOptions;
  readonly #encode: CompiledBy<typeof encodeProgram>;
  readonly #attributions: ExampleAttributions;
  readonly #segment = new EntryBuffer();
  readonly activations: ActivationLog;
  readonly top: TopExamples;

  private constructor(
    options: LayerOptions,
    parts: Pick<LayerRecorder, 'activations' | 'top'> & {
      encode: CompiledBy<typeof encodeProgram>;
      log: AttributionLog;
    },
  ) {
    const { sae, length } = options;
    const { encode, activations, top, log } = parts;
    this.sae = sae;
    this.#options = options;
    this.#encode = encode;
    this.activations = activations;
    this.top = top;
    this.#attributions = new ExampleAttributions({ id: sae.id, length, top, attributor: new Attributor(options), log });
  }

  /** Throws DamagedFile where a file is not as it was committed. */
  static async open(options: LayerOptions, at: SaePosition = startPosition): Promise<LayerRecorder> {
    const { engine, model, sae, length, batch, examples, folder } = options;
    const { nHeads } = model.config;
    const top = await readTop(folder, at.top, sae.dSae, examples);
    const activations = await ActivationLog.open(folder, sae.id, sae.dSae, at.activations);
    const log = await orClose(activations, () =>
      AttributionLog.open(folder, sae.id, { length, heads: nHeads }, at.attributions),
    );
    const encode = await engine.compile(encodeProgram(sae, batch * length));
    return new LayerRecorder(options, { encode, activations, log, top });
  }

  /** Where the attributions of the top examples are stored. */
  get attributions(): AttributionLog {
    return this.#attributions.log;
  }

  /**
   * Takes in the first `count` contexts of a batch; `first` is the number of the batch's first context in the run.
   * `f` is room for the activations, [batch·length, dSae], shared between SAEs of one width.
   */
  async record(batch: AttentionBatch, first: number, count: number, f: FloatTensor): Promise<void> {
    await this.#encode({ x: batch.x }, { f });
    const admitted = this.#scan(f.data, first, count);
    await this.#attributions.store(batch, first, admitted);
  }

  /**
   * Bytes that its files take when `contexts` are recorded, by what the first `recorded` took. Attributions are compacted,
   * so that they stay within three times the living ones, while they are.
   */
  bytesFor(recorded: number, contexts: number, perSegment: number): number {
    const { examples, model, length } = this.#options;
    const { nHeads } = model.config;
    const { dSae } = this.sae;
    const share = contexts / Math.max(1, recorded);
    const activations = this.activations.entryBytes + bytesPerActivation * this.#segment.size;
    const mostAttributions = 3 * dSae * examples * (length + nHeads + 1) * 4;
    return (
      share * activations +
      Math.ceil(contexts / perSegment) * segmentBytes(dSae) +
      Math.min(share * this.attributions.bytes, Math.max(mostAttributions, this.attributions.bytes)) +
      2 * dSae * (12 * examples + 2)
    );
  }

  /** Ends a segment of the activation log. */
  endSegment(): void {
    this.activations.append(this.#segment.entries());
    this.#segment.clear();
  }

  /** Makes what was recorded durable and says where it stands; `label` is new at each commit. */
  async commit(label: string): Promise<SaePosition> {
    await this.#attributions.compact();
    await Promise.all([this.activations.flush(), this.attributions.flush()]);
    const name = `top-${this.sae.id}-${label}.bin`;
    const top = await writeTop(this.#options.folder, name, this.top);
    return { activations: this.activations.position, attributions: this.attributions.position, top };
  }

  /** Throws DamagedFile unless the logs still hold what was recorded. */
  async verify(): Promise<void> {
    await this.activations.verify();
    await this.attributions.verify();
  }

  /** Removes what the commit before last needed. */
  async forget(previous: SaePosition | undefined): Promise<void> {
    if (previous?.top) await removePath(join(this.#options.folder, previous.top.name));
    const before = previous?.attributions.generation ?? 0;
    if (before < this.attributions.position.generation) await this.attributions.forget();
  }

  async close(): Promise<void> {
    await this.#encode.dispose();
    await Promise.all([this.activations.close(), this.#attributions.close()]);
  }

  /** Logs every activation of the batch but those at BOS, and returns those that entered the top. */
  #scan(f: Float32Array, first: number, count: number): Admitted[] {
    const { length } = this.#options;
    const scanned = this.#segment.size;
    for (let row = 0; row < count * length; row++) {
      if (row % length !== 0) this.#segment.addRow(f, row, this.sae.dSae, tokenAt(first, row, length));
    }
    return this.#admit(this.#segment.entries(scanned));
  }

  #admit({ features, tokens, values }: ActiveEntries): Admitted[] {
    const { length } = this.#options;
    const admitted: Admitted[] = [];
    for (let i = 0; i < features.length; i++) {
      const feature = features[i];
      const value = values[i];
      if (!Number.isFinite(value))
        throw notFinite(`activation of feature ${feature}`, { id: this.sae.id, token: tokens[i], length }, value);
      if (!this.top.admits(feature, value)) continue;
      const token = tokens[i];
      this.top.add(feature, token, value);
      admitted.push({ feature, token });
    }
    return admitted.filter(({ feature, token }) => this.top.has(feature, token));
  }
}
