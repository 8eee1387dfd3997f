import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Checksum, emptyChecksum, extendChecksum, verifyFile } from '../disk/checksum.ts';
import { removePath } from '../disk/disk.ts';
import { orClose } from '../disk/or-close.ts';
import { writeFileAtomic } from '../disk/replace-file.ts';
import type { CompiledBy, Engine } from '../engine/program.ts';
import { firstNonFinite, NonFinite } from '../errors/non-finite.ts';
import type { Model } from '../model/model.ts';
import { type FloatTensor, float32 } from '../numbers/tensor.ts';
import { contextOfToken, positionOfToken, tokenAt } from '../numbers/token-place.ts';
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
import { encodeProgram } from './programs.ts';
import { TopExamples, type TopExamplesState } from './top-examples.ts';

/** Where an SAE's recording stood when it was last committed. */
export interface SaePosition {
  readonly activations: ActivationLogPosition;
  readonly attributions: AttributionLogPosition;
  /** The file of its top examples, in the working folder. */
  readonly top: { readonly name: string; readonly file: Checksum } | null;
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

/** One batch's attention at one layer, as the forward program gives it. */
export interface AttentionBatch {
  /** The activations that the SAE encodes: [batch·length, dIn] */
  readonly x: FloatTensor;
  /** [batch, head, t, s] */
  readonly pattern: FloatTensor;
  /** [batch, head, s, dHead] */
  readonly value: FloatTensor;
}

/** An activation that is among the top. */
interface Admitted {
  readonly feature: number;
  readonly token: number;
}

/** Records one SAE's features over the corpus: every activation, the top examples and their attributions. */
export class LayerRecorder {
  readonly sae: Sae;
  readonly #options: LayerOptions;
  readonly #encode: CompiledBy<typeof encodeProgram>;
  readonly #attributor: Attributor;
  readonly #segment = new EntryBuffer();
  readonly activations: ActivationLog;
  readonly attributions: AttributionLog;
  readonly top: TopExamples;

  private constructor(
    options: LayerOptions,
    encode: CompiledBy<typeof encodeProgram>,
    activations: ActivationLog,
    attributions: AttributionLog,
    top: TopExamples,
  ) {
    this.sae = options.sae;
    this.#options = options;
    this.#encode = encode;
    this.#attributor = new Attributor(options);
    this.activations = activations;
    this.attributions = attributions;
    this.top = top;
  }

  /** Throws DamagedFile where a file is not as it was committed. */
  static async open(options: LayerOptions, at: SaePosition = startPosition): Promise<LayerRecorder> {
    const { engine, model, sae, length, batch, examples, folder } = options;
    const { nHeads } = model.config;
    const state = at.top === null ? undefined : await readTop(folder, at.top, sae.dSae, examples);
    const activations = await ActivationLog.open(folder, sae.id, sae.dSae, at.activations);
    const attributions = await orClose(activations, () =>
      AttributionLog.open(folder, sae.id, { length, heads: nHeads }, at.attributions),
    );
    const encode = await engine.compile(encodeProgram(sae, batch * length));
    return new LayerRecorder(options, encode, activations, attributions, new TopExamples(sae.dSae, examples, state));
  }

  /**
   * Takes in the first `count` contexts of a batch; `first` is the number of the batch's first context in the run.
   * `f` is room for the activations, [batch·length, dSae], shared between SAEs of one width.
   */
  async record(batch: AttentionBatch, first: number, count: number, f: FloatTensor): Promise<void> {
    await this.#encode({ x: batch.x }, { f });
    const admitted = this.#scan(f.data, first, count);
    await this.#attribute(batch, first, admitted);
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
    await this.#compactAttributions();
    await Promise.all([this.activations.flush(), this.attributions.flush()]);
    const name = `top-${this.sae.id}-${label}.bin`;
    const top = topBytes(this.top.state);
    await writeFileAtomic(join(this.#options.folder, name), top);
    const [activations, attributions] = [this.activations.position, this.attributions.position];
    return { activations, attributions, top: { name, file: extendChecksum(emptyChecksum, top) } };
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
    await this.#attributor.dispose();
    await Promise.all([this.activations.close(), this.attributions.close()]);
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
    const admitted: Admitted[] = [];
    for (let i = 0; i < features.length; i++) {
      const feature = features[i] ?? 0;
      const value = values[i] ?? 0;
      if (!Number.isFinite(value)) throw this.#notFinite(`activation of feature ${feature}`, tokens[i] ?? 0, value);
      if (!this.top.admits(feature, value)) continue;
      const token = tokens[i] ?? 0;
      this.top.add(feature, token, value);
      admitted.push({ feature, token });
    }
    return admitted.filter(({ feature, token }) => this.top.has(feature, token));
  }

  /** Computes and stores the attributions of the batch's top examples, context by context. */
  async #attribute({ pattern, value }: AttentionBatch, first: number, admitted: readonly Admitted[]): Promise<void> {
    const { length } = this.#options;
    for (let at = 0; at < admitted.length; ) {
      const context = contextOfToken(admitted[at]?.token ?? 0, length);
      let end = at;
      while (end < admitted.length && contextOfToken(admitted[end]?.token ?? 0, length) === context) end++;
      const examples = admitted
        .slice(at, end)
        .map(({ feature, token }) => ({ feature, position: positionOfToken(token, length) }));
      const [ownPattern, ownValue] = [slice(pattern, context - first), slice(value, context - first)];
      for await (const rows of this.#attributor.attribute(ownPattern, ownValue, examples)) {
        const { token = 0, feature } = admitted[at] ?? {};
        for (const part of Object.values<Float32Array>({ ...rows })) {
          const bad = firstNonFinite(part);
          if (bad >= 0)
            throw this.#notFinite(`attribution, of feature ${feature} or a following one,`, token, part[bad]);
        }
        const record = this.attributions.append(rows);
        for (let i = record; i < this.attributions.records; i++, at++) {
          this.top.setRecord(admitted[at]?.feature ?? 0, admitted[at]?.token ?? 0, i);
        }
      }
    }
  }

  #notFinite(what: string, token: number, value: number | undefined): NonFinite {
    const { length } = this.#options;
    const place = `context ${contextOfToken(token, length)}, position ${positionOfToken(token, length)}`;
    return new NonFinite(`${what} of sae ${this.sae.id} at ${place}`, value);
  }

  async #compactAttributions(): Promise<void> {
    const { records, sizes } = this.top.state;
    const capacity = sizes.length * this.top.k;
    if (this.attributions.records <= 2 * capacity) return;
    const living = [...sizes.keys()]
      .flatMap((feature) => this.top.of(feature).map(({ record }) => record))
      .sort((a, b) => a - b);
    await this.attributions.compact(living);
    const renumbered = new Map(living.map((record, i) => [record, i]));
    for (let i = 0; i < records.length; i++) records[i] = renumbered.get(records[i] ?? 0) ?? records[i] ?? 0;
  }
}

/** One item of a tensor's first axis, without a copy. */
function slice(tensor: FloatTensor, index: number): FloatTensor {
  const shape = tensor.shape.slice(1);
  const size = shape.reduce((product, dim) => product * dim, 1);
  return float32(shape, tensor.data.subarray(index * size, (index + 1) * size));
}

/** Top examples as bytes: values, tokens, records, then sizes. */
function topBytes({ values, tokens, records, sizes }: TopExamplesState): Uint8Array {
  return Buffer.concat(
    [values, tokens, records, sizes].map(
      ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
    ),
  );
}

async function readTop(
  folder: string,
  { name, file }: NonNullable<SaePosition['top']>,
  features: number,
  k: number,
): Promise<TopExamplesState> {
  await verifyFile(join(folder, name), file);
  const bytes = new Uint8Array(await readFile(join(folder, name))).buffer;
  const size = 4 * features * k;
  return {
    values: new Float32Array(bytes, 0, features * k),
    tokens: new Uint32Array(bytes, size, features * k),
    records: new Uint32Array(bytes, 2 * size, features * k),
    sizes: new Uint16Array(bytes, 3 * size, features),
  };
}
