import type { KeptNearest } from '../../neighbours/maths/kept-nearest.ts';

/** Weighted edges between points, each in both directions, by `from`, then `to`. */
export interface FuzzyGraph {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weights: Float64Array;
}

/** How near to its target the sum of a point's memberships comes, and in how many steps at most. */
const tolerance = 1e-5;
const mostSteps = 64;
/** Of the mean distance, what a point's scale is at least. */
const leastScale = 1e-3;

/**
 * How far points belong together: neighbour j of i by p_ij = exp(−(d_ij − ρ_i)/σ_i), with distances d = 1 − cosine, ρ_i that
 * of the nearest which is apart, and σ_i such that the k neighbours' memberships sum to log₂(k + 1); an edge weighs
 * p_ij + p_ji − p_ij·p_ji.
 * Source: McInnes, Healy, Melville 2018, arXiv:1802.03426, section 3.1 and algorithm 3.
 */
export function fuzzyGraph(nearest: KeptNearest, points: number): FuzzyGraph {
  const { k } = nearest;
  const { others } = nearest.state;
  const memberships = membershipsOf(nearest, points);
  const membership = (of: number, other: number): number => {
    for (let at = of * k; at < (of + 1) * k; at++) if (others[at] === other) return memberships[at];
    return 0;
  };
  const neighbours: number[][] = Array.from({ length: points }, (_, point) => [
    ...others.subarray(point * k, (point + 1) * k),
  ]);
  for (let at = 0; at < points * k; at++) {
    const [point, other] = [Math.floor(at / k), others[at]];
    if (membership(other, point) === 0 && !neighbours[other].includes(point)) neighbours[other].push(point);
  }
  const size = neighbours.reduce((sum, { length }) => sum + length, 0);
  const graph = { from: new Int32Array(size), to: new Int32Array(size), weights: new Float64Array(size) };
  let edge = 0;
  for (const [from, own] of neighbours.entries()) {
    for (const to of own.sort((a, b) => a - b)) {
      const [there, back] = [membership(from, to), membership(to, from)];
      graph.from[edge] = from;
      graph.to[edge] = to;
      graph.weights[edge] = there + back - there * back;
      edge++;
    }
  }
  return graph;
}

/** p [point, neighbour], in the order of the neighbours. */
function membershipsOf({ k, state }: KeptNearest, points: number): Float64Array {
  const distances = Float64Array.from(state.values.subarray(0, points * k), (cosine) => Math.max(0, 1 - cosine));
  const ofPoint = (point: number) => distances.subarray(point * k, (point + 1) * k);
  // A point is the first of its own neighbours, at distance 0.
  const means = Float64Array.from({ length: points }, (_, point) => sumOf(ofPoint(point)) / (k + 1));
  const meanOfAll = sumOf(means) / points;
  const memberships = new Float64Array(points * k);
  for (let point = 0; point < points; point++) {
    const own = ofPoint(point);
    const nearest = own.find((distance) => distance > 0) ?? 0;
    const least = leastScale * (nearest > 0 ? means[point] : meanOfAll);
    const scale = Math.max(scaleOf(own, nearest), least);
    for (let i = 0; i < k; i++) memberships[point * k + i] = decay(own[i] - nearest, scale);
  }
  return memberships;
}

/** σ, by halving the interval that it is in. */
function scaleOf(distances: Float64Array, nearest: number): number {
  const target = Math.log(distances.length + 1) / Math.log(2);
  let [low, high, scale] = [0, Number.POSITIVE_INFINITY, 1];
  for (let step = 0; step < mostSteps; step++) {
    let sum = 0;
    for (const distance of distances) sum += decay(distance - nearest, scale);
    if (Math.abs(sum - target) < tolerance) break;
    if (sum > target) high = scale;
    else low = scale;
    scale = high === Number.POSITIVE_INFINITY ? 2 * scale : (low + high) / 2;
  }
  return scale;
}

const decay = (beyond: number, scale: number): number => (beyond > 0 ? Math.exp(-(beyond / scale)) : 1);

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
