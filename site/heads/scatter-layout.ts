import { ACTIVATION_LEVELS } from '../page-kit/levels.ts';
import type { ShownHead } from './heads-view.ts';

export interface ScatterPoint {
  /** Number of the head. */
  readonly head: number;
  readonly x: number;
  readonly y: number;
  /** Shade 1 … 9 from the least to the greatest; 0 where the head has no such score. */
  readonly level: number;
}

export interface Scatter {
  /** From left to right, so that the arrow keys go through them in order. */
  readonly points: readonly ScatterPoint[];
  /** Least and greatest of each score that is drawn. */
  readonly x: Range;
  readonly y: Range;
  readonly shade: Range;
  /** Heads that lack one of the two scores. */
  readonly missing: number;
}

type Range = readonly [number, number];

export interface ScatterFrame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where the heads lie by two of their scores, shaded by a third; scores are told by their place among the values. */
export function scatterOf(
  heads: readonly ShownHead[],
  shown: readonly number[],
  at: { readonly x: number; readonly y: number; readonly shade: number },
  frame: ScatterFrame,
): Scatter {
  const placed = shown.flatMap((head) => {
    const [x, y, shade] = [at.x, at.y, at.shade].map((place) => heads[head].values.at(place) ?? null);
    return typeof x === 'number' && typeof y === 'number' ? [{ head, x, y, shade: shade ?? null }] : [];
  });
  const ranges = {
    x: rangeOf(placed.map(({ x }) => x)),
    y: rangeOf(placed.map(({ y }) => y)),
    shade: rangeOf(placed.flatMap(({ shade }) => shade ?? [])),
  };
  const points = placed
    .map(({ head, x, y, shade }) => ({
      head,
      x: tenths(frame.left + shareOf(x, ranges.x) * frame.width),
      y: tenths(frame.top + (1 - shareOf(y, ranges.y)) * frame.height),
      level: shade === null ? 0 : Math.max(1, Math.ceil(shareOf(shade, ranges.shade) * ACTIVATION_LEVELS)),
    }))
    .sort((a, b) => a.x - b.x || b.y - a.y || a.head - b.head);
  return { points, ...ranges, missing: shown.length - placed.length };
}

/** The point next to one in a direction of the arrow keys, by its place; the same where there is none. */
export function nextPoint(points: readonly ScatterPoint[], from: number, key: string): number {
  if (key === 'Home') return 0;
  if (key === 'End') return points.length - 1;
  const order = points.map((_, place) => place);
  if (key === 'ArrowUp' || key === 'ArrowDown') order.sort((a, b) => points[b].y - points[a].y || a - b);
  const step = key === 'ArrowRight' || key === 'ArrowUp' ? 1 : -1;
  const next = order.indexOf(from) + step;
  return next < 0 ? from : (order.at(next) ?? from);
}

function rangeOf(values: readonly number[]): Range {
  if (values.length === 0) return [0, 1];
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

const shareOf = (value: number, [low, high]: Range): number => (high > low ? (value - low) / (high - low) : 0.5);

const tenths = (value: number): number => Math.round(value * 10) / 10;
