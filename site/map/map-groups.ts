import { saeWords } from '../page-kit/sae-query.ts';
import type { MapPoints } from './map-points.ts';

/** The points of an SAE where no other's lie among them: its name, the middle of them and the highest. */
export interface MapGroup {
  readonly name: string;
  readonly x: number;
  readonly top: number;
}

interface Box {
  left: number;
  right: number;
  low: number;
  top: number;
}

/** Each SAE as a group of its own; none where there is but one, or where the boxes about two of them overlap. */
export function mapGroups({ rows, x, y }: MapPoints, saeOf: (row: number) => string): MapGroup[] {
  const boxes = new Map<string, Box>();
  for (const [place, row] of rows.entries()) {
    const sae = saeOf(row);
    const box = boxes.get(sae) ?? { left: Infinity, right: -Infinity, low: Infinity, top: -Infinity };
    boxes.set(sae, {
      ...{ left: Math.min(box.left, x[place]), right: Math.max(box.right, x[place]) },
      ...{ low: Math.min(box.low, y[place]), top: Math.max(box.top, y[place]) },
    });
  }
  const all = [...boxes];
  if (all.length < 2 || all.some(([, box], i) => all.slice(i + 1).some(([, other]) => overlap(box, other)))) return [];
  return all.map(([sae, { left, right, top }]) => ({ name: saeWords(sae), x: (left + right) / 2, top }));
}

const overlap = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.low < b.top && b.low < a.top;
