import { randomNormal, seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import { type FloatTensor, float32 } from '../../../pipeline/numbers/tensor.ts';

/** Clusters of rows about directions of their own: row i is of cluster i modulo `clusters`. */
export function plantedRows(count: number, width: number, { clusters, seed }: { clusters: number; seed: number }) {
  const random = seededRandom(seed);
  const direction = () => Array.from({ length: width }, () => randomNormal(random));
  const centres = Array.from({ length: clusters }, direction);
  const rows = float32([count, width]);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < width; i++) {
      rows.data[row * width + i] = centres[row % clusters][i] + 0.15 * randomNormal(random);
    }
  }
  return rows;
}

/** Rows over their norms. */
export function unitRowsOf({ data, shape: [count, width] }: FloatTensor): FloatTensor {
  const unit = float32([count, width]);
  for (let row = 0; row < count; row++) {
    const norm = Math.hypot(...data.subarray(row * width, (row + 1) * width));
    for (let i = row * width; i < (row + 1) * width; i++) unit.data[i] = data[i] / norm;
  }
  return unit;
}

/** Of each point's three nearest on the map, the share that is of its own cluster, by its feature's number. */
export function keptShare<T extends { readonly feature: number }>(
  points: readonly T[],
  placeOf: (point: T) => readonly [number, number],
  clusters: number,
): number {
  const far = (a: T, b: T) => Math.hypot(placeOf(a)[0] - placeOf(b)[0], placeOf(a)[1] - placeOf(b)[1]);
  const kept = points.map((point) => {
    const others = points.filter((other) => other !== point);
    const near = others.toSorted((a, b) => far(point, a) - far(point, b)).slice(0, 3);
    return near.filter(({ feature }) => feature % clusters === point.feature % clusters).length / 3;
  });
  return kept.reduce((sum, share) => sum + share, 0) / points.length;
}
