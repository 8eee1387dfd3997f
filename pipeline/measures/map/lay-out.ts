import { seededRandom } from '../../numbers/seeded-random.ts';
import { KeptNearest, type NearestState } from '../neighbours/maths/kept-nearest.ts';
import { umapLayout } from './maths/umap-layout.ts';

/** What umapLayout is given, as a thread of its own can take it. */
export interface LayoutTask {
  readonly points: number;
  /** Neighbours of each point. */
  readonly k: number;
  readonly nearest: NearestState;
  readonly start: Float64Array;
  readonly seed: number;
}

/** Places x and y of each point; `progress` hears of every epoch. */
export function layOut({ points, k, nearest, start, seed }: LayoutTask, progress: () => void): Float64Array {
  const random = seededRandom(seed, points);
  return umapLayout({ nearest: new KeptNearest(points, k, nearest), start, random, progress });
}
