import * as tf from '@tensorflow/tfjs-core';
import { type ExplorerFile, type ExplorerManifest, zMean } from '../../../pipeline/files/explorer-manifest.ts';
import { Transformer } from '../../../pipeline/model/transformer.ts';
import type { Loader } from './loader.ts';
import { openWeightFile } from './weight-file.ts';

/** The model's weights on the backend, fetched layer by layer. */
export class ModelStore {
  readonly #loader: Loader;
  readonly #manifest: ExplorerManifest;
  readonly #weights: Record<string, tf.Tensor> = {};
  readonly #meanZ = new Map<number, Float32Array>();
  readonly #ready = new Map<string, Promise<void>>();

  constructor(manifest: ExplorerManifest, loader: Loader) {
    this.#manifest = manifest;
    this.#loader = loader;
  }

  /** The transformer with what has come of its weights. */
  get transformer(): Transformer {
    return new Transformer(this.#manifest.config, this.#weights);
  }

  /** Mean z of a layer over the corpus, head-major; nothing where it was not measured. */
  meanZ(layer: number): Float32Array | undefined {
    return this.#meanZ.get(layer);
  }

  /** What belongs to no layer: embeddings, final normalisation, unembedding. */
  shared(): Promise<void> {
    return this.#once(this.#manifest.shared, 'the embeddings', 'shared');
  }

  layer(layer: number): Promise<void> {
    const file = this.#manifest.layers[layer];
    if (!file) throw new RangeError(`layer ${layer}, expected one below ${this.#manifest.layers.length}`);
    return this.#once(file, `layer ${layer}`, layer);
  }

  #once(file: ExplorerFile, what: string, layer: number | 'shared'): Promise<void> {
    const ready = this.#ready.get(file.path) ?? this.#upload(file, what, layer);
    this.#ready.set(file.path, ready);
    return ready;
  }

  async #upload(file: ExplorerFile, what: string, layer: number | 'shared'): Promise<void> {
    try {
      const weights = openWeightFile(await this.#loader.load(file, what), file.path);
      for (const name of weights.names) {
        const { shape, data } = weights.tensor(name);
        if (name === zMean && layer !== 'shared') this.#meanZ.set(layer, data);
        else this.#weights[name] = tf.tensor(data, [...shape], 'float32');
      }
      this.#loader.release(file);
    } catch (error) {
      this.#ready.delete(file.path);
      throw error;
    }
  }
}
