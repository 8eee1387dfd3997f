import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../../../pipeline/errors/user-error.ts';
import type { ExplorerManifest, ExplorerSae } from '../../../pipeline/files/explorer-manifest.ts';
import { type Encoding, encode } from '../../../pipeline/sae/sae.ts';
import type { SaeRows } from '../../../pipeline/sae/sae-rows.ts';
import { firstOfLayer } from '../first-of-layer.ts';
import type { Loader } from './loader.ts';
import { openWeightFile, type WeightFile } from './weight-file.ts';

/** An SAE in the worker's memory, as it is stored. */
export interface HostSae extends SaeRows {
  readonly id: string;
  readonly layer: number;
  readonly dSae: number;
  /** Mean activations over the corpus. */
  readonly mean: Float32Array;
  readonly file: WeightFile;
}

/** The encoder's tensors on the backend. */
type EncoderTensors = Parameters<typeof encode>[1];

/**
 * The SAEs, one a layer at a time, fetched when their layer is needed. Decoders stay in the worker's memory, since only the
 * active features' rows are ever read; encoders are on the backend, as many as `budgetBytes` hold, the others for each use
 * anew. One that another takes the place of is let go.
 */
export class SaeStore {
  readonly #loader: Loader;
  readonly #entries: ReadonlyMap<string, ExplorerSae>;
  readonly #hosts = new Map<string, Promise<HostSae>>();
  readonly #resident = new Map<string, EncoderTensors>();
  #budgetBytes: number;
  #picked: ReadonlyMap<number, ExplorerSae>;
  #used: ReadonlySet<number>;

  constructor({ saes }: ExplorerManifest, loader: Loader, budgetBytes: number) {
    this.#loader = loader;
    this.#entries = new Map(saes.map((sae) => [sae.id, sae]));
    this.#budgetBytes = budgetBytes;
    this.#picked = new Map(firstOfLayer(saes).map((sae) => [sae.layer, sae]));
    this.#used = new Set(this.#picked.keys());
  }

  /** The SAE of each layer, whether or not it takes part. */
  get picked(): ExplorerSae[] {
    return [...this.#picked.values()];
  }

  /** Layers whose SAEs take part; at first all that have one. */
  get used(): readonly number[] {
    return [...this.#used].toSorted((a, b) => a - b);
  }

  /** Ids of those SAEs. */
  get usedIds(): string[] {
    return this.used.flatMap((layer) => this.#picked.get(layer)?.id ?? []);
  }

  /** Has these take part, and no others. Whether that changed which do. Throws UserError for what are no SAEs of different layers. */
  use(ids: readonly string[]): boolean {
    const asked = new Map(ids.map((id) => [this.#entry(id).layer, this.#entry(id)]));
    if (asked.size < new Set(ids).size) throw new UserError(`several saes of a layer: ${ids}, expected one of each`);
    const before = this.usedIds;
    this.#picked = new Map([...this.#picked, ...asked]);
    this.#used = new Set(asked.keys());
    this.#letGo();
    return before.join() !== this.usedIds.join();
  }

  /** Whether a layer has an SAE that takes part. */
  has(layer: number): boolean {
    return this.#used.has(layer);
  }

  /** Throws UserError where the layer has no SAE that takes part. */
  async get(layer: number): Promise<HostSae> {
    const entry = this.#picked.get(layer);
    if (!entry) throw new UserError(`layer ${layer} has no SAE`);
    if (!this.has(layer)) throw new UserError(`the SAE of layer ${layer} is not loaded`);
    const host = this.#hosts.get(entry.id) ?? this.#load(entry);
    this.#hosts.set(entry.id, host);
    return host;
  }

  /** Calls `use` with the SAE's encoder on the backend, as f of what it reads, x [token, dIn]. */
  encoding<T>(sae: HostSae, use: (encodeX: (x: tf.Tensor) => tf.Tensor) => T): T {
    const resident = this.#resident.get(sae.id);
    const tensors = resident ?? upload(sae);
    try {
      return use((x) => encode(sae.encoding, tensors, x));
    } finally {
      if (!resident) this.#keepOrDispose(sae, tensors);
    }
  }

  #keepOrDispose(sae: HostSae, tensors: EncoderTensors): void {
    const bytes = encoderBytes(sae);
    if (bytes <= this.#budgetBytes) {
      this.#budgetBytes -= bytes;
      this.#resident.set(sae.id, tensors);
    } else tf.dispose({ ...tensors });
  }

  #entry(id: string): ExplorerSae {
    const entry = this.#entries.get(id);
    if (!entry) throw new UserError(`unknown sae: ${id}, expected one of ${[...this.#entries.keys()].join(', ')}`);
    return entry;
  }

  /** Lets go of those that are not picked; the browser may still keep their files. */
  #letGo(): void {
    const kept = new Set(this.picked.map(({ id }) => id));
    for (const id of [...this.#hosts.keys()].filter((one) => !kept.has(one))) {
      const entry = this.#entry(id);
      const tensors = this.#resident.get(id);
      if (tensors) {
        tf.dispose({ ...tensors });
        this.#budgetBytes += encoderBytes(entry);
      }
      this.#resident.delete(id);
      this.#hosts.delete(id);
      this.#loader.release(entry.file);
    }
  }

  async #load(entry: ExplorerSae): Promise<HostSae> {
    const { id, layer } = entry;
    try {
      const file = openWeightFile(await this.#loader.load(entry.file, `the SAE of layer ${layer}`), entry.file.path);
      const data = (name: string) => file.tensor(name).data;
      const { site, dIn, dSae, subtractDecoderBias, normalization } = entry;
      const encoding = { subtractDecoderBias, normalization, activation: activationOf(entry, file) };
      return {
        id,
        layer,
        site,
        dIn,
        dSae,
        encoding,
        bEnc: data('bEnc'),
        bDec: data('bDec'),
        mean: data('mean'),
        encoderRows: (features) => file.columns('wEnc', features),
        decoderRows: (features) => file.rows('wDec', features),
        file,
      };
    } catch (error) {
      this.#hosts.delete(id);
      throw error;
    }
  }
}

const encoderBytes = ({ dIn, dSae }: { readonly dIn: number; readonly dSae: number }): number => 4 * dIn * dSae;

function activationOf({ activation }: ExplorerSae, file: WeightFile): Encoding['activation'] {
  if (activation.kind === 'topk') return activation;
  if (activation.kind === 'relu') return { kind: 'relu' };
  return { kind: 'jumprelu', threshold: file.tensor('threshold') };
}

/** Kept out of any tidy: these outlive it. */
function upload({ dIn, dSae, encoding, bEnc, bDec, file }: HostSae): EncoderTensors {
  const { activation } = encoding;
  const threshold = activation.kind === 'jumprelu' ? tf.keep(tf.tensor1d(activation.threshold.data)) : undefined;
  return {
    wEnc: tf.keep(tf.tensor2d(file.tensor('wEnc').data, [dIn, dSae])),
    bEnc: tf.keep(tf.tensor1d(bEnc)),
    bDec: tf.keep(tf.tensor1d(bDec)),
    ...(threshold && { threshold }),
  };
}
