import type { Random } from '../../../numbers/seeded-random.ts';
import type { KeptNearest } from '../../neighbours/maths/kept-nearest.ts';
import { type FuzzyGraph, fuzzyGraph } from './fuzzy-graph.ts';

/** Half the width of where points begin, as usual for UMAP. */
const extent = 10;
const epochs = 200;
/** Points that one is moved away from, each time it is moved towards another. */
const negatives = 5;
/** A step's coordinates are at most so long, before the learning rate. */
const longestStep = 4;
/** Points that touch are moved apart as if they were so far apart, squared. */
const leastDistance = 0.001;
/** Nearness in the plane is 1/(1 + a·d^2b), fitted to exp(0.1 − d) beyond d = 0.1, by the Levenberg–Marquardt steps of umap-js. */
const [a, b] = [1.5694704762346365, 0.8941996053733949];

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
 * Points in a plane, x and y each, such that near ones stay near: UMAP of exact neighbours at distance 1 − cosine, to the bit
 * as umap-js lays them out, in a small part of its memory. Equal neighbours, starts and random numbers give equal bytes.
 * Sources: McInnes, Healy, Melville 2018, arXiv:1802.03426, section 3.2 and algorithm 5; on the start, Kobak and Linderman
 * 2021, doi:10.1038/s41587-020-00809-z.
 */
export function umapLayout({ nearest, start, random, progress = () => {} }: LayoutJob): Float64Array {
  const points = start.length / 2;
  const schedule = scheduleOf(fuzzyGraph(nearest, points));
  // umap-js draws a start of its own, which is not used.
  for (let draw = 0; draw < start.length; draw++) random();
  const places = begin(start);
  let rate = 1;
  for (let epoch = 0; epoch < epochs; ) {
    step(places, schedule, { epoch, rate, random });
    rate = 1 - epoch / epochs;
    progress(++epoch);
  }
  return places;
}

/** Edges, and when each is next due; those of greatest weight in every epoch. */
interface Schedule {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly every: Float64Array;
  readonly next: Float64Array;
  readonly nextNegative: Float64Array;
}

/** Leaves out edges that would not be due once. */
function scheduleOf({ from, to, weights }: FuzzyGraph): Schedule {
  const most = weights.reduce((greatest, weight) => Math.max(greatest, weight), 0);
  const isDue = (_: number, edge: number) => weights[edge] > 0 && weights[edge] >= most / epochs;
  const every = weights.filter(isDue).map((weight) => epochs / ((weight / most) * epochs));
  const nextNegative = every.map((own) => own / negatives);
  return { from: from.filter(isDue), to: to.filter(isDue), every, next: every.slice(), nextNegative };
}

/** Where points begin, the farthest coordinate at `extent`. */
function begin(start: Float64Array): Float64Array {
  const most = start.reduce((farthest, value) => Math.max(farthest, Math.abs(value)), 0) || 1;
  return start.map((value) => (extent * value) / most);
}

interface Epoch {
  readonly epoch: number;
  readonly rate: number;
  readonly random: Random;
}

/** Moves the ends of each edge that is due towards each other, and one of them away from random points. */
function step(places: Float64Array, schedule: Schedule, { epoch, rate, random }: Epoch): void {
  const { from, to, every, next, nextNegative } = schedule;
  for (let edge = 0; edge < every.length; edge++) {
    if (next[edge] > epoch) continue;
    const moved = to[edge];
    attract(places, moved, from[edge], rate);
    next[edge] += every[edge];
    const everyNegative = every[edge] / negatives;
    const due = Math.floor((epoch - nextNegative[edge]) / everyNegative);
    for (let i = 0; i < due; i++) repel(places, moved, Math.floor((random() * places.length) / 2), rate);
    nextNegative[edge] += due * everyNegative;
  }
}

function attract(places: Float64Array, one: number, other: number, rate: number): void {
  const [dx, dy] = [places[2 * one] - places[2 * other], places[2 * one + 1] - places[2 * other + 1]];
  const squared = dx * dx + dy * dy;
  const pull = squared > 0 ? (-2 * a * b * squared ** (b - 1)) / (a * squared ** b + 1) : 0;
  const [x, y] = [limited(pull * dx), limited(pull * dy)];
  places[2 * one] += x * rate;
  places[2 * one + 1] += y * rate;
  places[2 * other] += -x * rate;
  places[2 * other + 1] += -y * rate;
}

function repel(places: Float64Array, one: number, other: number, rate: number): void {
  const [dx, dy] = [places[2 * one] - places[2 * other], places[2 * one + 1] - places[2 * other + 1]];
  const squared = dx * dx + dy * dy;
  if (squared === 0 && one === other) return;
  const push = squared > 0 ? (2 * b) / ((leastDistance + squared) * (a * squared ** b + 1)) : 0;
  places[2 * one] += (push > 0 ? limited(push * dx) : longestStep) * rate;
  places[2 * one + 1] += (push > 0 ? limited(push * dy) : longestStep) * rate;
}

const limited = (move: number): number => Math.max(-longestStep, Math.min(longestStep, move));
