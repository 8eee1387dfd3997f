import { least } from '../../../pipeline/numbers/extremes.ts';
import type { GraphView } from '../view.ts';

/** Least shares that the graph's slider steps through, rising as a slider does to the right. */
export const leastShares = [0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15, 0.2] as const;
export const mostDepth = 6;

/** The step of the slider that a share is nearest to, by ratio. */
export function stepOfShare(share: number): number {
  const distances = leastShares.map((candidate) => Math.abs(Math.log(candidate / share)));
  return distances.indexOf(least(distances));
}

/** The graph when it is first drawn: small enough to be seen as a whole. */
export const firstView: Omit<GraphView, 'root'> = { maxDepth: 3, minShare: 0.02 };

/** A graph that the sliders could have asked for: an address may ask for one that takes minutes. */
export function within({ maxDepth, minShare }: Omit<GraphView, 'root'>): Omit<GraphView, 'root'> {
  return { maxDepth: Math.min(mostDepth, Math.max(1, maxDepth)), minShare: Math.max(leastShares[0], minShare) };
}
