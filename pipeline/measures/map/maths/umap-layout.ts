import { UMAP } from 'umap-js';
import type { Random } from '../../../numbers/seeded-random.ts';
import type { KeptNearest } from '../../neighbours/maths/kept-nearest.ts';

/** Half the width of where points begin, as usual for UMAP. */
const extent = 10;
const epochs = 200;

export interface LayoutJob {
  /** The nearest of each point, by cosine; k of each. */
  readonly nearest: KeptNearest;
  /** Where points begin, x and y each: their principal components, which keep what is far apart in its place. */
  readonly start: Float64Array;
  readonly random: Random;
  /** Hears of epochs done, of layoutEpochs. */
  readonly progress?: (done: number) => void;
}

export const layoutEpochs = epochs;

/**
 * Points in a plane, x and y each, such that near ones stay near: UMAP of exact neighbours at distance 1 − cosine.
 * Equal neighbours, starts and random numbers give equal bytes.
 * Sources: McInnes, Healy, Melville 2018, arXiv:1802.03426; on the start, Kobak and Linderman 2021,
 * doi:10.1038/s41587-020-00809-z.
 */
export function umapLayout({ nearest, start, random, progress = () => {} }: LayoutJob): Float64Array {
  const count = start.length / 2;
  const { indices, distances } = knnOf(nearest, count);
  const umap = new UMAP({ nNeighbors: nearest.k + 1, nEpochs: epochs, random });
  umap.setPrecomputedKNN(indices, distances);
  // Of the vectors it takes but their number, as neighbours are known.
  umap.initializeFit(indices);
  place(umap.getEmbedding(), start);
  for (let done = 0; done < epochs; ) {
    umap.step();
    progress(++done);
  }
  return Float64Array.from(umap.getEmbedding().flat());
}

/** Each point first among its own neighbours, as UMAP counts them. */
function knnOf(nearest: KeptNearest, count: number): { indices: number[][]; distances: number[][] } {
  const all = Array.from({ length: count }, (_, point) => nearest.of(point));
  return {
    indices: all.map((near, point) => [point, ...near.map(({ other }) => other)]),
    distances: all.map((near) => [0, ...near.map(({ value }) => Math.max(0, 1 - value))]),
  };
}

/** Moves points to where they begin, the farthest coordinate at `extent`. */
function place(embedding: number[][], start: Float64Array): void {
  const most = start.reduce((farthest, value) => Math.max(farthest, Math.abs(value)), 0) || 1;
  for (const [i, point] of embedding.entries()) {
    point[0] = (extent * start[2 * i]) / most;
    point[1] = (extent * start[2 * i + 1]) / most;
  }
}
