import type { KeptNearest } from '../../neighbours/maths/kept-nearest.ts';

/** Directed edges, from heads[e] to tails[e]; each has one that goes back, of the same weight in (0, 1]. */
export interface FuzzyGraph {
  readonly heads: Int32Array;
  readonly tails: Int32Array;
  readonly weights: Float64Array;
}

const searchSteps = 64;
const searchTolerance = 1e-5;
/** A width is at least this part of the mean distance. */
const leastWidth = 1e-3;

/**
 * UMAP's graph of each point's nearest, at distance 1 − cosine: point i counts j as near by exp(−(d − ρ)/σ), ρ its least
 * distance above 0 and σ such that its neighbours' sum is log2 of their number, itself counted; an edge weighs
 * a + b − a·b of what its two ends count. Source: McInnes, Healy, Melville 2018, arXiv:1802.03426, sections 3.1 and 4.
 */
export function fuzzyGraph(nearest: KeptNearest): FuzzyGraph {
  const { k, state } = nearest;
  const { others, counts } = state;
  const memberships = membershipsOf(nearest);
  const most = 2 * counts.reduce((sum, count) => sum + count, 0);
  const edges = { heads: new Int32Array(most), tails: new Int32Array(most), weights: new Float64Array(most) };
  let size = 0;
  const add = (head: number, tail: number, weight: number) => {
    edges.heads[size] = head;
    edges.tails[size] = tail;
    edges.weights[size++] = weight;
  };
  for (let point = 0; point < counts.length; point++) {
    for (let at = point * k; at < point * k + counts[point]; at++) {
      const other = others[at];
      const back = others.subarray(other * k, other * k + counts[other]).indexOf(point);
      const [own, its] = [memberships[at], back < 0 ? 0 : memberships[other * k + back]];
      const weight = own + its - own * its;
      add(point, other, weight);
      if (back < 0) add(other, point, weight);
    }
  }
  const { heads, tails, weights } = edges;
  return { heads: heads.slice(0, size), tails: tails.slice(0, size), weights: weights.slice(0, size) };
}

/** How near each point counts each of its nearest, in (0, 1]: [point, k]. */
function membershipsOf({ k, state: { values, counts } }: KeptNearest): Float64Array {
  const distances = Float64Array.from(values, (value) => Math.max(0, 1 - value));
  const of = (point: number) => distances.subarray(point * k, point * k + counts[point]);
  const usual = mean(Float64Array.from(counts, (_, point) => sum(of(point)) / (counts[point] + 1)));
  const memberships = new Float64Array(values.length);
  for (let point = 0; point < counts.length; point++) {
    const own = of(point);
    const least = own.find((distance) => distance > 0) ?? 0;
    const floor = leastWidth * (least > 0 ? sum(own) / (own.length + 1) : usual);
    const width = Math.max(widthOf(own, least), floor);
    memberships.set(
      own.map((distance) => membership(distance - least, width)),
      point * k,
    );
  }
  return memberships;
}

const membership = (beyond: number, width: number) => (beyond > 0 ? Math.exp(-beyond / width) : 1);

/** The width at which the memberships of a point's neighbours sum to log2(neighbours + 1), by bisection. */
function widthOf(distances: Float64Array, least: number): number {
  const wanted = Math.log2(distances.length + 1);
  let [low, high, width] = [0, Number.POSITIVE_INFINITY, 1];
  for (let step = 0; step < searchSteps; step++) {
    const found = distances.reduce((total, distance) => total + membership(distance - least, width), 0);
    if (Math.abs(found - wanted) < searchTolerance) break;
    if (found > wanted) high = width;
    else low = width;
    width = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
  }
  return width;
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
const mean = (values: Float64Array) => sum(values) / Math.max(1, values.length);
