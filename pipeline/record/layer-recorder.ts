import { join } from 'node:path';
import { removePath } from '../disk/disk.ts';
import { orClose } from '../disk/or-close.ts';
import type { Engine } from '../engine/program.ts';
import type { Model } from '../model/model.ts';
import { append } from '../numbers/append.ts';
import type { HostTensor } from '../numbers/tensor.ts';
import { tokenAt } from '../numbers/token-place.ts';
import type { ActiveRows } from '../sae/active-rows.ts';
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
import {
  AttributionLog,
  type AttributionLogPosition,
  type AttributionRows,
  startOfAttributions,
} from './attribution-log.ts';
import { Attributor } from './attributor.ts';
import type { IsCounted } from './counted-tokens.ts';
import { type Admitted, type ContextAttention, ExampleAttributions, notFinite } from './example-attributions.ts';
import type { LaneThresholds } from './lane-thresholds.ts';
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
  /** Which tokens count in what is recorded; all where it is not said. */
  readonly isCounted?: IsCounted;
  /** Top examples a feature. */
  readonly examples: number;
  readonly folder: string;
  /** Of a part of a corpus whose other parts are recorded meanwhile: what is beaten there gets no attribution. */
  readonly thresholds?: LaneThresholds | undefined;
}

const everyToken: IsCounted = () => true;

/** Records one SAE's features over the corpus: every activation, the top examples and their attributions. */
export class LayerRecorder {
  readonly sae: Sae;
  readonly #options: LayerOptions;
  readonly #attributions: ExampleAttributions;
  readonly #segment = new EntryBuffer();
  /** Those that entered the top, and may have fallen out again. */
  readonly #admitted: Admitted[] = [];
  readonly activations: ActivationLog;
  readonly top: TopExamples;

  private constructor(
    options: LayerOptions,
    { activations, top, log }: Pick<LayerRecorder, 'activations' | 'top'> & { readonly log: AttributionLog },
  ) {
    const { sae, length } = options;
    this.sae = sae;
    this.#options = options;
    this.activations = activations;
    this.top = top;
    this.#attributions = new ExampleAttributions({ id: sae.id, length, top, attributor: new Attributor(options), log });
  }

  /** Throws DamagedFile where a file is not as it was committed. */
  static async open(options: LayerOptions, at: SaePosition = startPosition): Promise<LayerRecorder> {
    const { model, sae, length, examples, folder, thresholds } = options;
    const { nHeads } = model.config;
    const top = await readTop(folder, at.top, sae.dSae, examples, thresholds?.own);
    const activations = await ActivationLog.open(folder, sae.id, sae.dSae, at.activations);
    const log = await orClose(activations, () =>
      AttributionLog.open(folder, sae.id, { length, heads: nHeads }, at.attributions),
    );
    return new LayerRecorder(options, { activations, log, top });
  }

  /** Where the attributions of the top examples are stored. */
  get attributions(): AttributionLog {
    return this.#attributions.log;
  }

  /**
   * Takes in the activations f [context·length, dSae] of the first `count` of some contexts; `first` is the number of the
   * first in the run.
   */
  take(f: Float32Array, first: number, count: number): void {
    append(this.#admitted, this.#scan(f, first, count));
  }

  /** Computes the attributions of the top examples that were taken in since the last time, of contexts whose attention is given. */
  async attribute(attentionOf: (context: number) => ContextAttention): Promise<void> {
    const examples = this.#admitted.filter(({ feature, token }) => this.top.has(feature, token));
    this.#admitted.length = 0;
    await this.#attributions.compute(attentionOf, examples);
  }

  /** The same of active features alone; false, and nothing taken in, where they are not all. Attributions are left out. */
  recordActive(rows: ActiveRows<HostTensor>, first: number, count: number): boolean {
    const { length, isCounted = everyToken } = this.#options;
    const scanned = this.#segment.size;
    const wide = new Map(Array.from(rows.widest.data, (row, i) => [row, i]));
    for (let row = 0; row < count * length; row++) {
      if (row % length === 0) continue;
      const token = tokenAt(first, row, length);
      if (!isCounted(token)) continue;
      const sum = rows.sums.data[row];
      if (!Number.isFinite(sum)) throw notFinite('activations', { id: this.sae.id, token, length }, sum);
      if (this.#addActive(rows, row, wide.get(row), token)) continue;
      this.#segment.cut(scanned);
      return false;
    }
    this.#rank(this.#segment.entries(scanned));
    return true;
  }

  /** Places in the top's state, by token, of examples that have no attribution yet. */
  unattributed(): Uint32Array {
    return this.#attributions.missing();
  }

  /** Stores the attributions of top examples told by their places, once no example enters the top any more. */
  store(places: Uint32Array, rows: AttributionRows): void {
    this.#attributions.storeAt(places, rows);
  }

  /**
   * Bytes that its files take when `contexts` are recorded, by what the first `recorded` took. Attributions are compacted,
   * so that they stay within three times the living ones.
   */
  bytesFor(recorded: number, contexts: number, perSegment: number): number {
    const { examples, model, length } = this.#options;
    const { nHeads } = model.config;
    const { dSae } = this.sae;
    const share = contexts / Math.max(1, recorded);
    const activations = this.activations.entryBytes + bytesPerActivation * this.#segment.size;
    const living = dSae * examples * (length + nHeads + 1) * 4;
    const stored = this.attributions.bytes;
    return (
      share * activations +
      Math.ceil(contexts / perSegment) * segmentBytes(dSae) +
      (stored === 0 ? living : Math.min(share * stored, Math.max(3 * living, stored))) +
      2 * dSae * (12 * examples + 2)
    );
  }

  /**
   * Takes in what recorders of the same SAE recorded of the parts of a corpus, in the order of the parts: what one recorder
   * would hold after the whole of it. Nothing is summed, so that how the corpus is divided changes no number.
   */
  join(parts: readonly LayerRecorder[]): void {
    for (const part of parts) this.activations.appendLog(part.activations);
    const tops = parts.map(({ top, attributions }) => ({ top, log: attributions }));
    for (let feature = 0; feature < this.sae.dSae; feature++) this.#attributions.join(feature, tops);
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

  /** Gives back what only recording needs: 150 MB and more of an SAE of 24,576 features. */
  release(): Promise<void> {
    return this.#attributions.release();
  }

  async close(): Promise<void> {
    await Promise.all([this.activations.close(), this.#attributions.close()]);
  }

  /** Logs every activation but those at BOS and at tokens that do not count, and returns those that entered the top, for all that is known elsewhere. */
  #scan(f: Float32Array, first: number, count: number): Admitted[] {
    const { length, isCounted = everyToken } = this.#options;
    const scanned = this.#segment.size;
    for (let row = 0; row < count * length; row++) {
      const token = tokenAt(first, row, length);
      if (row % length !== 0 && isCounted(token)) this.#segment.addRow(f, row, this.sae.dSae, token);
    }
    return this.#admit(this.#segment.entries(scanned));
  }

  #addActive(rows: ActiveRows<HostTensor>, row: number, wideRow: number | undefined, token: number): boolean {
    const count = rows.counts.data[row];
    const [, narrow] = rows.ids.shape;
    const [, wide] = rows.wideIds.shape;
    if (count <= narrow) this.#segment.addActive(rows.ids.data, rows.values.data, row * narrow, count, token);
    else if (wideRow !== undefined && count <= wide)
      this.#segment.addActive(rows.wideIds.data, rows.wideValues.data, wideRow * wide, count, token);
    else return false;
    return true;
  }

  #rank({ features, tokens, values }: ActiveEntries): void {
    for (let i = 0; i < features.length; i++) {
      if (this.top.admits(features[i], values[i])) this.top.add(features[i], tokens[i], values[i]);
    }
  }

  #admit({ features, tokens, values }: ActiveEntries): Admitted[] {
    const { length, thresholds } = this.#options;
    const admitted: Admitted[] = [];
    for (let i = 0; i < features.length; i++) {
      const feature = features[i];
      const value = values[i];
      if (!Number.isFinite(value))
        throw notFinite(`activation of feature ${feature}`, { id: this.sae.id, token: tokens[i], length }, value);
      if (!this.top.admits(feature, value)) continue;
      const token = tokens[i];
      this.top.add(feature, token, value);
      if (!thresholds?.isBeaten(feature, value)) admitted.push({ feature, token });
    }
    return admitted;
  }
}
