import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../../../pipeline/errors/user-error.ts';
import type { ExplorerManifest, ExplorerSae } from '../../../pipeline/files/explorer-manifest.ts';
import { type Encoding, encode } from '../../../pipeline/sae/sae.ts';
import type { SaeRows } from '../../../pipeline/sae/sae-rows.ts';
import type { Loader } from './loader.ts';
import { openWeightFile, type WeightFile } from './weight-file.ts';

/** An SAE in the worker's memory, as it is stored. */
export interface HostSae extends SaeRows {
  readonly layer: number;
  readonly dSae: number;
  /** Mean activations over the corpus. */
  readonly mean: Float32Array;
  readonly file: WeightFile;
}

/** The encoder's tensors on the backend. */
type EncoderTensors = Parameters<typeof encode>[1];

/**
 * The SAEs, fetched when their layer is needed. Decoders stay in the worker's memory, since only the active features'
 * rows are ever read; encoders are on the backend, as many as `budgetBytes` hold, the others for each use anew.
 */
export class SaeStore {
  readonly #loader: Loader;
  readonly #entries: ReadonlyMap<number, ExplorerSae>;
  readonly #hosts = new Map<number, Promise<HostSae>>();
  readonly #resident = new Map<number, EncoderTensors>();
  #budgetBytes: number;
  #used: ReadonlySet<number>;

  constructor({ saes }: ExplorerManifest, loader: Loader, budgetBytes: number) {
    this.#loader = loader;
    this.#entries = new Map(saes.map((sae) => [sae.layer, sae]));
    this.#budgetBytes = budgetBytes;
    this.#used = new Set(this.#entries.keys());
  }

  /** Layers whose SAEs take part; at first all that have one. */
  get used(): readonly number[] {
    return [...this.#used].toSorted((a, b) => a - b);
  }

  /** Whether that changed which do. */
  use(layers: readonly number[]): boolean {
    const before = this.used;
    this.#used = new Set(layers.filter((layer) => this.#entries.has(layer)));
    return before.join() !== this.used.join();
  }

  /** Whether a layer has an SAE that takes part. */
  has(layer: number): boolean {
    return this.#used.has(layer);
  }

  /** Throws UserError where the layer has no SAE that takes part. */
  async get(layer: number): Promise<HostSae> {
    if (this.#entries.has(layer) && !this.has(layer)) throw new UserError(`the SAE of layer ${layer} is not loaded`);
    const host = this.#hosts.get(layer) ?? this.#load(layer);
    this.#hosts.set(layer, host);
    return host;
  }

  /** Calls `use` with the SAE's encoder on the backend, as f of what it reads, x [token, dIn]. */
  encoding<T>(sae: HostSae, use: (encodeX: (x: tf.Tensor) => tf.Tensor) => T): T {
    const resident = this.#resident.get(sae.layer);
    const tensors = resident ?? upload(sae);
    try {
      return use((x) => encode(sae.encoding, tensors, x));
    } finally {
      if (!resident) this.#keepOrDispose(sae, tensors);
    }
  }

  #keepOrDispose(sae: HostSae, tensors: EncoderTensors): void {
    const bytes = 4 * sae.dIn * sae.dSae;
    if (bytes <= this.#budgetBytes) {
      this.#budgetBytes -= bytes;
      this.#resident.set(sae.layer, tensors);
    } else tf.dispose({ ...tensors });
  }

  async #load(layer: number): Promise<HostSae> {
    const entry = this.#entries.get(layer);
    if (!entry) throw new UserError(`layer ${layer} has no SAE`);
    try {
      const file = openWeightFile(await this.#loader.load(entry.file, `the SAE of layer ${layer}`), entry.file.path);
      const data = (name: string) => file.tensor(name).data;
      const { site, dIn, dSae, subtractDecoderBias, normalization } = entry;
      const encoding = { subtractDecoderBias, normalization, activation: activationOf(entry, file) };
      return {
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
      this.#hosts.delete(layer);
      throw error;
    }
  }
}

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
