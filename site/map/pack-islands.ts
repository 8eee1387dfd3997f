import { greatest, least } from '../../pipeline/numbers/extremes.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Points that lie near each other, and the box about them. */
interface Island {
  readonly points: readonly number[];
  readonly left: number;
  readonly low: number;
  readonly width: number;
  readonly height: number;
}

/** An island where it is moved to: its box's lower left corner. */
interface Moved {
  readonly island: Island;
  readonly left: number;
  readonly low: number;
}

/** Cells along a side, at most: as many as there are points to fill them. */
const MOST_CELLS = 128;
/** Points so many cells apart are of one island. */
const REACH = 3;
/** Free space about each island, as a share of the largest one's side: room for a name. */
const GAP = 0.15;
/** Islands smaller than this share of the largest come last. */
const SMALL = 0.4;
/** What moving them has to leave of the side, to be worth it. */
const WORTH = 0.9;

/**
 * Moves groups of points that lie far apart together, in rows from the top, the large ones in the order of their points;
 * within a group every distance is kept. Gives the places as they are where that would hardly save room.
 */
export function packIslands(places: readonly Place[]): readonly Place[] {
  const islands = islandsOf(places);
  if (islands.length < 2) return places;
  const before = sideOf(islands.map((island) => ({ island, ...island })));
  const gap = GAP * greatest(islands.map(sizeOf));
  const ordered = inOrder(islands);
  const packings = ordered.map((_, i) => inRows(ordered, widestRow(ordered, i + 1, gap), gap));
  const [best] = packings.toSorted((a, b) => sideOf(a) - sideOf(b));
  if (sideOf(best) > WORTH * before) return places;
  const moved = [...places];
  for (const { island, left, low } of best) {
    for (const i of island.points) {
      moved[i] = { x: places[i].x - island.left + left, y: places[i].y - island.low + low };
    }
  }
  return moved;
}

const sizeOf = ({ width, height }: Island): number => Math.max(width, height);

/** The longer side of a box about all of them. */
function sideOf(moved: readonly Moved[]): number {
  const span = (from: (one: Moved) => number, size: (island: Island) => number) =>
    greatest(moved.map((one) => from(one) + size(one.island))) - least(moved.map(from));
  return Math.max(
    span(
      ({ left }) => left,
      ({ width }) => width,
    ),
    span(
      ({ low }) => low,
      ({ height }) => height,
    ),
  );
}

/** Large ones by their first point, then small ones from the largest. */
function inOrder(islands: readonly Island[]): Island[] {
  const bound = SMALL * greatest(islands.map(sizeOf));
  const large = islands.filter((island) => sizeOf(island) >= bound).toSorted((a, b) => a.points[0] - b.points[0]);
  const small = islands.filter((island) => sizeOf(island) < bound).toSorted((a, b) => sizeOf(b) - sizeOf(a));
  return [...large, ...small];
}

const widthOf = (row: readonly Island[], gap: number): number =>
  row.reduce((sum, { width }) => sum + width + gap, -gap);

/** How wide a row of so many islands can be. */
const widestRow = (islands: readonly Island[], length: number, gap: number): number =>
  greatest(islands.map((_, i) => widthOf(islands.slice(i, i + length), gap)));

/** Rows no wider than that, one below the other, each in the middle. */
function inRows(islands: readonly Island[], most: number, gap: number): Moved[] {
  const rows: Island[][] = [[]];
  for (const island of islands) {
    const row = rows[rows.length - 1];
    if (row.length > 0 && widthOf([...row, island], gap) > most * (1 + Number.EPSILON)) rows.push([island]);
    else row.push(island);
  }
  const moved: Moved[] = [];
  let top = 0;
  for (const row of rows) {
    const height = greatest(row.map((island) => island.height));
    let left = (most - widthOf(row, gap)) / 2;
    for (const island of row) {
      moved.push({ island, left, low: top - (height + island.height) / 2 });
      left += island.width + gap;
    }
    top -= height + gap;
  }
  return moved;
}

/** Groups of points of which none is farther than some cells from the next. */
function islandsOf(places: readonly Place[]): Island[] {
  const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
  const [left, low] = [least(xs), least(ys)];
  const cells = Math.min(MOST_CELLS, Math.max(1, Math.floor(Math.sqrt(places.length))));
  const cell = Math.max(greatest(xs) - left, greatest(ys) - low) / cells || 1;
  const columns = cells + 1;
  const byCell = Map.groupBy(
    places.keys(),
    (i) => Math.floor((ys[i] - low) / cell) * columns + Math.floor((xs[i] - left) / cell),
  );
  const groups: number[][] = [];
  for (const start of [...byCell.keys()]) {
    const points = takeConnected(byCell, start, columns);
    if (points.length > 0) groups.push(points.sort((a, b) => a - b));
  }
  return groups.map((points) => islandOf(points, places));
}

/** Takes the points of a cell, and of all that are reached from it over occupied cells. */
function takeConnected(byCell: Map<number, number[]>, start: number, columns: number): number[] {
  const points: number[] = [];
  const waiting = [start];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const own = byCell.get(at);
    if (!own) continue;
    byCell.delete(at);
    for (const point of own) points.push(point);
    const column = at % columns;
    for (let up = -REACH; up <= REACH; up++) {
      for (let right = -REACH; right <= REACH; right++) {
        if (column + right >= 0 && column + right < columns) waiting.push(at + up * columns + right);
      }
    }
  }
  return points;
}

function islandOf(points: readonly number[], places: readonly Place[]): Island {
  const [xs, ys] = [points.map((i) => places[i].x), points.map((i) => places[i].y)];
  const [left, low] = [least(xs), least(ys)];
  return { points, left, low, width: greatest(xs) - left, height: greatest(ys) - low };
}
