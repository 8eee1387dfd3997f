import type { MapPoints } from './map-points.ts';

/** Cells along each side. */
const SIDE = 128;

/** Finds points by where they are. */
export interface PointGrid {
  /** The nearest within a distance, of equal ones the first; undefined where there is none. */
  nearest(x: number, y: number, within: number): number | undefined;
}

const cellOf = (share: number): number => Math.min(SIDE - 1, Math.max(0, Math.floor(share * SIDE)));

/** Some points in a grid of cells, those of a cell one after the other. */
export function pointGrid({ x: xs, y: ys }: MapPoints, places: Uint32Array): PointGrid {
  const cells = Uint16Array.from(places, (place) => cellOf(ys[place]) * SIDE + cellOf(xs[place]));
  const starts = new Uint32Array(SIDE * SIDE + 1);
  for (const cell of cells) starts[cell + 1] += 1;
  for (let cell = 0; cell < SIDE * SIDE; cell++) starts[cell + 1] += starts[cell];
  const next = starts.slice();
  const inCells = new Uint32Array(places.length);
  for (const [i, place] of places.entries()) inCells[next[cells[i]]++] = place;

  return {
    nearest(x, y, within) {
      let found: number | undefined;
      let least = within ** 2;
      for (let row = cellOf(y - within); row <= cellOf(y + within); row++) {
        const from = starts[row * SIDE + cellOf(x - within)];
        const to = starts[row * SIDE + cellOf(x + within) + 1];
        for (let i = from; i < to; i++) {
          const place = inCells[i];
          const far = (xs[place] - x) ** 2 + (ys[place] - y) ** 2;
          if (far < least || (far === least && found !== undefined && place < found)) [found, least] = [place, far];
        }
      }
      return found;
    },
  };
}

const directions: Readonly<Record<string, readonly [number, number] | undefined>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** The nearest point in the quarter of the map that an arrow key points to; undefined at its edge, or by another key. */
export function pointTowards({ x, y }: MapPoints, places: Uint32Array, from: number, key: string): number | undefined {
  const direction = directions[key];
  if (!direction) return undefined;
  let found: number | undefined;
  let least = Infinity;
  for (const place of places) {
    const [dx, dy] = [x[place] - x[from], y[place] - y[from]];
    const ahead = dx * direction[0] + dy * direction[1];
    const aside = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
    const far = dx ** 2 + dy ** 2;
    if (ahead > 0 && ahead >= aside && far < least) [found, least] = [place, far];
  }
  return found;
}
