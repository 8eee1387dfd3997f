import * as tf from '@tensorflow/tfjs-core';
import { floatSpec, intSpec } from '../engine/program.ts';
import { headWriteNorms } from '../model/head-writes.ts';
import type { Layer } from '../model/layer.ts';
import type { FloatTensor, IntTensor } from '../numbers/tensor.ts';
import { tokenAt } from '../numbers/token-place.ts';
import type { TopExamples } from './top-examples.ts';
import { readTop, type TopFile, writeTop } from './top-file.ts';

/** Where in each context of a batch each head of a layer writes most, and how much. */
export interface LayerPeaks {
  /** [head, batch] */
  readonly norms: FloatTensor;
  /** [head, batch], from 1 on */
  readonly positions: IntTensor;
}

export const peakSpecs = (nHeads: number, batch: number) => ({
  norms: floatSpec(nHeads, batch),
  positions: intSpec(nHeads, batch),
});

/** The same in a program: z [batch, position, nHeads·dHead]. BOS does not count; of equal norms the first does. */
export function peaksOf(layer: Layer, z: tf.Tensor, nHeads: number) {
  const norms = headWriteNorms(layer, z, nHeads);
  const counted = tf.slice(norms, [0, 0, 1], [-1, -1, -1]);
  const positions = tf.add(tf.argMax(counted, 2), tf.scalar(1, 'int32'));
  return { norms: tf.max(counted, 2), positions };
}

export interface HeadPeaksOptions {
  readonly saes: readonly { readonly layer: number }[];
  readonly model: { readonly config: { readonly nHeads: number } };
  readonly contexts: { readonly length: number };
  /** Contexts kept of each head; none where it is left out. */
  readonly headSequences?: number;
}

/** A working folder and the file of it that holds them; none before the first commit. */
interface CommittedPeaks {
  readonly folder: string;
  readonly headPeaks: TopFile | null;
}

/** The layers of some SAEs, each once, ascending; none where no context is kept. */
export const peakLayers = ({ saes, headSequences = 0 }: Pick<HeadPeaksOptions, 'saes' | 'headSequences'>): number[] =>
  headSequences === 0 ? [] : [...new Set(saes.map(({ layer }) => layer))].sort((a, b) => a - b);

/**
 * The contexts in which each head of the SAEs' layers writes most at one token, that token's norm deciding: one place a
 * context, ties to the earlier context. What is kept does not grow with the corpus: 12 bytes a head and context.
 */
export class HeadPeaks {
  readonly top: TopExamples;
  readonly layers: readonly number[];
  readonly #nHeads: number;
  readonly #length: number;

  private constructor(options: HeadPeaksOptions, top: TopExamples) {
    this.layers = peakLayers(options);
    this.#nHeads = options.model.config.nHeads;
    this.#length = options.contexts.length;
    this.top = top;
  }

  /** As a workspace last committed them. Throws DamagedFile where its file is not as it was. */
  static async open(options: HeadPeaksOptions, { folder, headPeaks }: CommittedPeaks): Promise<HeadPeaks> {
    const heads = peakLayers(options).length * options.model.config.nHeads;
    return new HeadPeaks(options, await readTop(folder, headPeaks, heads, options.headSequences ?? 0));
  }

  /** Takes in the first `count` contexts of a batch, of which the first has the number `first`. */
  take(peaks: Readonly<Record<string, LayerPeaks>>, first: number, count: number): void {
    for (const [i, layer] of this.layers.entries()) {
      const { norms, positions } = peaks[layer];
      const [, batch] = norms.shape;
      for (let head = 0; head < this.#nHeads; head++) {
        for (let row = 0; row < count; row++) {
          const at = head * batch + row;
          this.#add(i * this.#nHeads + head, tokenAt(first + row, positions.data[at], this.#length), norms.data[at]);
        }
      }
    }
  }

  /** A head's places, the greatest norm first: `token` is the place's number in the run. */
  of(layer: number, head: number): { readonly token: number; readonly value: number }[] {
    return this.top.of(this.layers.indexOf(layer) * this.#nHeads + head);
  }

  /** Takes in those of the parts of a corpus, in their order: the same as those of the whole of it. */
  join(parts: readonly HeadPeaks[]): void {
    for (let head = 0; head < this.layers.length * this.#nHeads; head++) {
      for (const { top } of parts) {
        for (const { token, value } of top.of(head)) this.#add(head, token, value);
      }
    }
  }

  /** Writes them to a file of a working folder; `label` is new at each commit. Nothing where none are kept. */
  async commit(folder: string, label: string): Promise<TopFile | null> {
    return this.layers.length === 0 ? null : writeTop(folder, `heads-${label}.bin`, this.top);
  }

  #add(head: number, token: number, value: number): void {
    if (this.top.admits(head, value)) this.top.add(head, token, value);
  }
}
