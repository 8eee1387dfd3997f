import type {
  AttributionEdge,
  AttributionGraph,
  AttributionNode,
} from '../../../pipeline/attribution/recursion/attribution-graph.ts';
import { greatest } from '../../../pipeline/numbers/extremes.ts';

export interface PlacedNode {
  readonly node: AttributionNode;
  /** Centre. */
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export interface PlacedEdge {
  readonly edge: AttributionEdge;
  readonly from: PlacedNode;
  readonly to: PlacedNode;
  readonly width: number;
}

/** A column of one position; null is that of the constants, which are at none. */
export interface Column {
  readonly position: number | null;
  readonly x: number;
  readonly width: number;
}

/** A row of what one layer's attention or MLP wrote, or of what is there before the first layer. */
export interface Row {
  readonly name: string;
  readonly y: number;
  readonly height: number;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Room of one node, its label under it. */
export const slot = { width: 80, height: 68, centre: 20 };
export const margin = { left: 74, top: 48, bottom: 46, right: 12 };
const gap = { column: 14, row: 28 };
const radii = { least: 4, most: 16 };
const widths = { least: 0.75, most: 9 };
/** Nodes side by side in one place of the grid. */
const abreast = 3;

/** Columns are the positions that the graph touches, in order; rows are layers, the highest at the top. */
export function graphLayout({ nodes, edges }: AttributionGraph, nameOf?: (layer: number) => string): GraphLayout {
  const places = Map.groupBy(nodes, (node) => `${rowOf(node)} ${node.position}`);
  const sizes = [...places.values()].map((group) => ({ first: group[0], count: group.length }));
  const columns = layColumns(nodes, (position) =>
    greatest(sizes.map(({ first, count }) => (first?.position === position ? Math.min(abreast, count) : 0))),
  );
  const lines = (row: number) =>
    greatest(sizes.map(({ first, count }) => (first && rowOf(first) === row ? Math.ceil(count / abreast) : 0)));
  const rows = layRows(nodes, lines, nameOf);
  const largest = greatest(
    nodes.map(({ attribution }) => Math.abs(attribution)),
    Number.MIN_VALUE,
  );
  const placed = [...places.values()].flatMap((group) => placeGroup(group, columns, rows, largest));
  const byId = new Map(placed.map((place) => [place.node.id, place]));
  const lastColumn = columns.at(-1);
  const lastRow = rows.at(-1);
  return {
    width: (lastColumn ? lastColumn.x + lastColumn.width : margin.left) + margin.right,
    height: (lastRow ? lastRow.y + lastRow.height : margin.top) + margin.bottom,
    columns,
    rows: rows.map(({ name, y, height }) => ({ name, y, height })),
    nodes: nodes.flatMap(({ id }) => byId.get(id) ?? []),
    edges: edges.flatMap((edge) => placeEdge(edge, byId, largest)),
  };
}

function layColumns(nodes: readonly AttributionNode[], nodesAbreast: (position: number | null) => number): Column[] {
  const positions = [...new Set(nodes.map(({ position }) => position))].toSorted((a, b) => (a ?? -1) - (b ?? -1));
  let x = margin.left;
  return positions.map((position) => {
    const width = nodesAbreast(position) * slot.width;
    const column = { position, x, width };
    x += width + gap.column;
    return column;
  });
}

function layRows(
  nodes: readonly AttributionNode[],
  lines: (row: number) => number,
  nameOf: ((layer: number) => string) | undefined,
): (Row & { row: number })[] {
  const used = [...new Set(nodes.map(rowOf))].toSorted((a, b) => b - a);
  let y = margin.top;
  return used.map((row) => {
    const height = lines(row) * slot.height;
    const laid = { row, name: rowName(row, nameOf), y, height };
    y += height + gap.row;
    return laid;
  });
}

/** Above all layers. */
const topRow = 1e6;

/** 0 for what the weights and the tokens alone give, then for each layer one for its attention and one for its MLP. */
function rowOf({ kind, layer }: AttributionNode): number {
  if (kind === 'logit') return topRow;
  if (layer === null || kind === 'value_bias' || kind === 'constant') return 0;
  return 2 * layer + (kind === 'mlp' ? 2 : 1);
}

function rowName(row: number, nameOf: ((layer: number) => string) | undefined): string {
  if (row === 0) return 'input';
  if (row === topRow) return 'logit';
  if (nameOf) return nameOf(Math.ceil(row / 2) - 1);
  return row % 2 === 1 ? `attention ${(row - 1) / 2}` : `MLP ${row / 2 - 1}`;
}

function placeGroup(
  group: readonly AttributionNode[],
  columns: readonly Column[],
  rows: readonly (Row & { row: number })[],
  largest: number,
): PlacedNode[] {
  const [first] = group;
  const column = columns.find(({ position }) => position === first?.position);
  const row = rows.find((candidate) => first && candidate.row === rowOf(first));
  if (!column || !row) return [];
  const byWeight = group.toSorted((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution));
  return byWeight.map((node, i) => {
    const line = Math.floor(i / abreast);
    const inLine = Math.min(abreast, group.length - line * abreast);
    const start = column.x + (column.width - inLine * slot.width) / 2;
    return {
      node,
      x: start + ((i % abreast) + 0.5) * slot.width,
      y: row.y + line * slot.height + slot.centre,
      radius: radii.least + (radii.most - radii.least) * Math.sqrt(Math.abs(node.attribution) / largest),
    };
  });
}

function placeEdge(edge: AttributionEdge, nodes: ReadonlyMap<string, PlacedNode>, largest: number): PlacedEdge[] {
  const from = nodes.get(edge.from);
  const to = nodes.get(edge.to);
  if (!from || !to) return [];
  const share = Math.abs(edge.attribution) / largest;
  return [{ edge, from, to, width: widths.least + (widths.most - widths.least) * Math.min(1, share) }];
}

/** The curve of an edge, from under its reader to above what it reads. */
export function edgePath({ from, to }: PlacedEdge): string {
  const start = from.y + from.radius;
  const end = to.y - to.radius;
  const bend = (start + end) / 2;
  return `M${round(from.x)} ${round(start)}C${round(from.x)} ${round(bend)} ${round(to.x)} ${round(bend)} ${round(to.x)} ${round(end)}`;
}

/** The middle of that curve. */
export function edgeMiddle({ from, to }: PlacedEdge): { x: number; y: number } {
  return { x: (from.x + to.x) / 2, y: (from.y + from.radius + to.y - to.radius) / 2 };
}

const round = (value: number) => Math.round(value * 10) / 10;
