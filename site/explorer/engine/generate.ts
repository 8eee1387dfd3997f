import * as tf from '@tensorflow/tfjs-core';
import { attendAfter } from '../../../pipeline/model/attend-after.ts';
import { sampleToken } from '../../../pipeline/model/sample-token.ts';
import type { LayerMemory } from '../../../pipeline/model/tail.ts';
import { type Random, seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import type { GenerationSettings, Pass } from '../protocol.ts';
import { checkFinite } from './check-finite.ts';
import { changesOf } from './edits.ts';
import { changeRows } from './run-layer.ts';
import type { Stores } from './stores.ts';

/** A continuation under way: its tokens, and each layer's keys and values of the rows that were run. */
export class Generation {
  readonly #stores: Stores;
  readonly #pass: Pass;
  readonly #temperature: number;
  readonly #random: Random;
  readonly #memory: (LayerMemory | undefined)[];
  readonly #ids: number[] = [];
  #ran = 0;

  constructor(stores: Stores, pass: Pass, { temperature, seed }: GenerationSettings) {
    this.#stores = stores;
    this.#pass = pass;
    this.#temperature = temperature;
    this.#random = seededRandom(seed);
    this.#memory = Array.from({ length: stores.model.transformer.config.nLayers });
  }

  /** The new tokens. */
  get ids(): readonly number[] {
    return this.#ids;
  }

  /** Runs the rows that have not been run, and draws a token to follow them. */
  async step(): Promise<void> {
    const all = [...this.#pass.ids, ...this.#ids];
    const logits = await this.#logitsAfter(all.slice(this.#ran));
    this.#ran = all.length;
    const isToken = (id: number) => this.#stores.prompts.isToken(id);
    this.#ids.push(sampleToken(logits, this.#temperature, this.#random(), isToken));
  }

  dispose(): void {
    for (const own of this.#memory) if (own) tf.dispose([own.key, own.value]);
  }

  /** Logits after the last of some tokens, which follow those that were run. */
  async #logitsAfter(ids: readonly number[]): Promise<Float32Array> {
    const { model } = this.#stores;
    await model.shared();
    const { transformer } = model;
    let stream = tf.tidy(() => transformer.embed(tf.tensor2d([...ids], [1, ids.length], 'int32'), this.#ran));
    for (let layer = 0; layer < transformer.config.nLayers; layer++) {
      const next = await this.#layer(layer, stream);
      stream.dispose();
      stream = next;
    }
    try {
      await checkFinite(stream, this.#ran);
      const logits = tf.tidy(() => transformer.unembed(tf.slice(stream, [0, ids.length - 1, 0], [1, 1, -1])));
      const data = new Float32Array(await logits.data());
      logits.dispose();
      return data;
    } finally {
      stream.dispose();
    }
  }

  /** One layer of new rows [1, row, dModel]; their keys and values join those before. */
  async #layer(layer: number, stream: tf.Tensor): Promise<tf.Tensor> {
    const { model, saes, prompts } = this.#stores;
    await model.layer(layer);
    const { edits, ids } = this.#pass;
    const isChanged = edits.some((edit) => edit.kind === 'feature' && edit.layer === layer);
    const sae = isChanged ? await saes.get(layer) : undefined;
    const { nHeads, dHead } = model.transformer.config;
    const rows = { layer, nHeads, dIn: nHeads * dHead, first: this.#ran, length: stream.shape[1] ?? 1 };
    const hasBos = ids[0] === prompts.bosTokenId;
    const changes = changesOf(edits, { ...rows, hasBos, meanActivations: sae?.mean, meanZ: model.meanZ(layer) });
    const before = this.#memory[layer];
    const own = model.transformer.layer(layer);
    const forward = (encodeX?: (x: tf.Tensor) => tf.Tensor) =>
      tf.tidy(() => {
        const { z: clean, memory } = attendAfter(own, stream, before);
        const { z, written } = changeRows(own, clean, { sae, changes, nHeads, encodeX });
        return { next: own.finish(stream, z, written).next, key: memory.key, value: memory.value };
      });
    const { next, key, value } = sae ? saes.encoding(sae, forward) : forward();
    if (before) tf.dispose([before.key, before.value]);
    this.#memory[layer] = { key, value };
    return next;
  }
}
