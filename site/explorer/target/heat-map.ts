/** A cell of the heat map. */
export interface Place {
  readonly head: number;
  readonly source: number;
}

export const cell = { height: 20, least: 14, most: 30 };
export const band = { tokens: 78, sums: 40 };
/** What stands to both sides of the cells: the heads' names, and their sums. */
export const beside = { left: 38, right: 92 };
/** Cells under this share of the strongest are left blank. */
export const blankBelow = 0.01;

/** How full a cell's colour is by its share of the strongest: small ones are lifted a little, to be seen at all. */
export const opacityOf = (share: number): number => share ** 0.75;

/** Width of a column, so that the prompt fills the room there is, and no narrower than its token can be read. */
export function columnWidth(room: number, columns: number): number {
  return Math.min(cell.most, Math.max(cell.least, room / Math.max(1, columns)));
}

const steps: Readonly<Record<string, readonly [head: number, source: number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/** Where a key leads from a cell; undefined where it is no key of the map's. */
export function movedBy(key: string, { head, source }: Place, heads: number, sources: number): Place | undefined {
  if (key === 'Home') return { head, source: 0 };
  if (key === 'End') return { head, source: sources - 1 };
  const step = steps[key];
  if (!step) return undefined;
  return { head: within(head + step[0], heads), source: within(source + step[1], sources) };
}

/** The cell under a point of the map, or undefined beside it. */
export function placeAt(x: number, y: number, width: number, heads: number, sources: number): Place | undefined {
  const head = Math.floor((y - band.tokens) / cell.height);
  const source = Math.floor(x / width);
  if (source < 0 || source >= sources || y < 0) return undefined;
  return { head: within(head, heads), source };
}

function within(value: number, count: number): number {
  return Math.min(count - 1, Math.max(0, value));
}
