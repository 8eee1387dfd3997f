import type { Random } from '../../../numbers/seeded-random.ts';
import type { KeptNearest } from '../../neighbours/maths/kept-nearest.ts';
import { type FuzzyGraph, fuzzyGraph } from './fuzzy-graph.ts';

/** Half the width of where points begin, as usual for UMAP. */
const extent = 10;
const epochs = 200;
/** Points that are pushed away from one end of an edge for each time that the edge pulls. */
const pushed = 5;
/** A point moves by at most this times the step along each axis. */
const farthest = 4;
/** Keeps what pushes equal points apart finite. */
const softening = 1e-3;
/**
 * 1/(1 + A·d^(2B)) fits, by least squares, 1 up to a distance of 0.1 and exp(0.1 − d) beyond it: UMAP's usual `min_dist`
 * and `spread`.
 */
export const [curveA, curveB] = [1.5769434602, 0.895060878];

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
 * Equal neighbours, starts and random numbers give equal bytes. The arrays of edges take a few hundred bytes a neighbour,
 * where the package umap-js, on maps of strings, took 70 KB a point.
 * Sources: McInnes, Healy, Melville 2018, arXiv:1802.03426; on the start, Kobak and Linderman 2021,
 * doi:10.1038/s41587-020-00809-z.
 */
export function umapLayout({ nearest, start, random, progress = () => {} }: LayoutJob): Float64Array {
  const places = spread(start);
  const schedule = scheduleOf(fuzzyGraph(nearest));
  for (let epoch = 0; epoch < epochs; epoch++) {
    takeEpoch(places, schedule, { epoch, random });
    progress(epoch + 1);
  }
  return places;
}

/** Where points begin: the farthest coordinate at `extent`. */
function spread(start: Float64Array): Float64Array {
  const most = start.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 0) || 1;
  return start.map((value) => (extent * value) / most);
}

/** Edges, and when each pulls and pushes next: an edge of the greatest weight w pulls in every epoch, others in w'/w of them. */
interface Schedule extends FuzzyGraph {
  /** Epochs from one pull to the next. */
  readonly every: Float64Array;
  readonly nextPull: Float64Array;
  readonly nextPush: Float64Array;
}

/** Edges that would pull in no epoch are left out. */
function scheduleOf({ heads, tails, weights }: FuzzyGraph): Schedule {
  const greatest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  const isKept = (_: number, edge: number) => weights[edge] >= greatest / epochs;
  const kept = { heads: heads.filter(isKept), tails: tails.filter(isKept), weights: weights.filter(isKept) };
  const every = kept.weights.map((weight) => greatest / weight);
  return { ...kept, every, nextPull: every.slice(), nextPush: every.map((time) => time / pushed) };
}

interface EpochOptions {
  /** From 0 on. */
  readonly epoch: number;
  readonly random: Random;
}

function takeEpoch(
  places: Float64Array,
  { heads, tails, every, nextPull, nextPush }: Schedule,
  { epoch, random }: EpochOptions,
): void {
  const step = 1 - epoch / epochs;
  const points = places.length / 2;
  for (let edge = 0; edge < heads.length; edge++) {
    if (nextPull[edge] > epoch) continue;
    const head = heads[edge];
    pull(places, head, tails[edge], step);
    nextPull[edge] += every[edge];
    const between = every[edge] / pushed;
    const due = Math.max(0, Math.floor((epoch - nextPush[edge]) / between));
    for (let i = 0; i < due; i++) push(places, head, Math.floor(points * random()), step);
    nextPush[edge] += due * between;
  }
}

/** Moves both ends of an edge towards each other. */
function pull(places: Float64Array, a: number, b: number, step: number): void {
  const [x, y] = [places[2 * a] - places[2 * b], places[2 * a + 1] - places[2 * b + 1]];
  const square = x * x + y * y;
  if (square === 0) return;
  const power = powerOf(square);
  const strength = (-2 * curveA * curveB * power) / (square * (1 + curveA * power));
  const [byX, byY] = [step * clipped(strength * x), step * clipped(strength * y)];
  places[2 * a] += byX;
  places[2 * a + 1] += byY;
  places[2 * b] -= byX;
  places[2 * b + 1] -= byY;
}

/** Moves a point away from another. */
function push(places: Float64Array, point: number, from: number, step: number): void {
  if (point === from) return;
  const [x, y] = [places[2 * point] - places[2 * from], places[2 * point + 1] - places[2 * from + 1]];
  const square = x * x + y * y;
  const strength = (2 * curveB) / ((softening + square) * (1 + curveA * powerOf(square)));
  places[2 * point] += step * (square > 0 ? clipped(strength * x) : farthest);
  places[2 * point + 1] += step * (square > 0 ? clipped(strength * y) : farthest);
}

const clipped = (value: number) => Math.max(-farthest, Math.min(farthest, value));

/** d^(2B) of d²; in half the time of `**`. */
const powerOf = (square: number) => Math.exp(curveB * Math.log(square));
