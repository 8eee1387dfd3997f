import { sources } from '../../../../pipeline/measures/studies/ioi/maths/sources.ts';
import type { IoiEdgeRow } from '../../../../pipeline/measures/studies/ioi/table.ts';
import { type IoiData, isSure } from './data.ts';
import { sourceNames } from './source-names.ts';

/** From what is read, through what is at S2, to the heads at the end and the logits. */
export type PathColumn = 'read' | 's2' | 'early' | 'end' | 'logits';

export interface PathNode {
  readonly id: string;
  readonly column: PathColumn;
  readonly kind: 'source' | 'feature' | 'head' | 'logits';
  readonly layer: number | null;
  readonly index: number | null;
  readonly name: string;
  /** What it is called, under its name. */
  readonly role: string;
}

export interface PathArrow {
  readonly from: string;
  readonly to: string;
  /** Logits that it adds to the difference, or a share of what is read. */
  readonly value: number;
  readonly unit: 'logits' | 'share';
}

export interface PathGraph {
  readonly nodes: readonly PathNode[];
  readonly arrows: readonly PathArrow[];
}

/** Arrows of logits smaller than this share of the mean difference are left out, and shares under the other. */
const LEAST_LOGITS = 0.005;
const LEAST_SHARE = 0.1;

/** What of the study's arrows is sure and large enough to be drawn, with the nodes that they join. */
export function pathGraph(data: IoiData, difference: number): PathGraph {
  const least = LEAST_LOGITS * Math.abs(difference);
  const sure = data.edges.filter(
    ({ unit, value, low, high }) =>
      unit === 'logits' && low !== null && high !== null && isSure({ low, high }) && Math.abs(value) >= least,
  );
  const later = sure.map(
    (edge): PathArrow => ({ from: fromId(edge), to: toId(edge), value: added(edge), unit: 'logits' }),
  );
  const starts = new Set(later.map(({ from }) => from).filter((id) => id.startsWith('s2:')));
  const arrows = [...readByFeatures(data, starts), ...upstream(data, starts), ...readByHeads(data, starts), ...later];
  const ids = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  return { nodes: [...ids].map((id) => nodeOf(id, data)), arrows };
}

/** An arrow out of what was taken away carries what was lost. */
const added = ({ to_kind, value }: IoiEdgeRow) => (to_kind === 'logits' ? value : -value);

const fromId = ({ from_kind, from_layer, from_index }: IoiEdgeRow): string => {
  if (from_kind === 'head at END') return `end:head:${from_layer}:${from_index}`;
  return from_kind === 'feature at S2'
    ? `s2:feature:${from_layer}:${from_index}`
    : `s2:head:${from_layer}:${from_index}`;
};

const toId = ({ to_kind, to_layer, to_index }: IoiEdgeRow) =>
  to_kind === 'logits' ? 'logits' : `end:head:${to_layer}:${to_index}`;

/** Where the features at S2 read from, over all heads. */
function readByFeatures({ edges }: IoiData, starts: ReadonlySet<string>): PathArrow[] {
  const read = edges.filter(
    ({ to_kind, from_kind, through_head }) =>
      to_kind === 'feature' && through_head !== null && sources.some((source) => source === from_kind),
  );
  const groups = Map.groupBy(read, (row) => `read:${row.from_kind}>s2:feature:${row.to_layer}:${row.to_index}`);
  return [...groups].flatMap(([key, own]) => {
    const [from = '', to = ''] = key.split('>');
    const value = own.reduce((sum, row) => sum + row.value, 0);
    return starts.has(to) && Math.abs(value) >= LEAST_SHARE ? [{ from, to, value, unit: 'share' as const }] : [];
  });
}

/** Features of lower layers that they read, by one step of recursive attribution. */
function upstream({ edges }: IoiData, starts: ReadonlySet<string>): PathArrow[] {
  return edges
    .filter(({ to_kind, from_kind, value }) => to_kind === 'feature' && from_kind === 'feature' && value >= LEAST_SHARE)
    .map(({ from_layer, from_index, to_layer, to_index, value }) => ({
      from: `read:feature:${from_layer}:${from_index}`,
      to: `s2:feature:${to_layer}:${to_index}`,
      value,
      unit: 'share' as const,
    }))
    .filter(({ to }) => starts.has(to));
}

/** Where the heads at S2 attend to. */
function readByHeads({ heads }: IoiData, starts: ReadonlySet<string>): PathArrow[] {
  return heads
    .filter(({ layer, head }) => starts.has(`s2:head:${layer}:${head}`))
    .flatMap(({ layer, head, from_s2 }) =>
      sources.flatMap((source, i) => {
        const value = from_s2[i];
        const arrow = { from: `read:${source}`, to: `s2:head:${layer}:${head}`, value, unit: 'share' as const };
        return value >= LEAST_SHARE ? [arrow] : [];
      }),
    );
}

function nodeOf(id: string, data: IoiData): PathNode {
  const [place = '', kind = '', layer = '', index = ''] = id.split(':');
  const at = { layer: Number(layer), index: Number(index) };
  if (place === 'logits')
    return {
      id,
      column: 'logits',
      kind: 'logits',
      layer: null,
      index: null,
      name: 'lead',
      role: 'logits',
    };
  if (place === 'read' && kind === 'feature') {
    return { id, column: 'read', kind, ...at, name: `${layer}/${index}`, role: 'feature' };
  }
  if (place === 'read') {
    return { id, column: 'read', kind: 'source', layer: null, index: null, name: sourceNames[kind] ?? kind, role: '' };
  }
  if (kind === 'feature') {
    const row = data.features.find((each) => each.layer === at.layer && each.feature === at.index);
    return {
      id,
      column: 's2',
      kind,
      ...at,
      name: `${layer}/${index}`,
      role: row?.role === 'position' ? 'position' : 'feature',
    };
  }
  const head = data.heads.find((each) => each.layer === at.layer && each.head === at.index);
  const roles = (head?.roles ?? []).filter((role) => isS2(role) === (place === 's2'));
  const isEarly = place === 'end' && roles.includes('S-inhibition');
  return {
    ...{ id, kind: 'head', ...at, name: `${layer}.${index}`, role: roles.at(0) ?? '' },
    column: place === 's2' ? 's2' : isEarly ? 'early' : 'end',
  };
}

const isS2 = (role: string) => ['duplicate token', 'induction', 'at S2'].includes(role);
