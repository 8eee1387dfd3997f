import { greatest } from '../../../../pipeline/numbers/extremes.ts';
import { type Html, html } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { logits, wholePercent } from './estimate.ts';
import type { PathArrow, PathColumn, PathGraph, PathNode } from './path-graph.ts';

const WIDTH = 860;
const COLUMNS: Readonly<Record<PathColumn, number>> = { read: 8, s2: 218, early: 424, end: 592, logits: 766 };
const TITLES: Readonly<Record<PathColumn, string>> = {
  read: 'read from',
  s2: 'at the giver’s second mention',
  early: 'at the end, through others',
  end: 'at the end, writing',
  logits: '',
};
const NODE = { width: 92, height: 38, gap: 16 };
const TOP = 34;

/** Numbers stand on arrows of at least this share of the largest; the others are in the table. */
const LABELLED = { logits: 0.25, share: 0.36 };

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The path as a drawing: nodes in columns, arrows as wide as their numbers, blue for the receiver, rose against. */
export function pathFigure(graph: PathGraph, env: PageEnv): Html {
  const columns = Map.groupBy(graph.nodes, ({ column }) => column);
  const tallest = greatest([...columns.values()].map((nodes) => nodes.length));
  const inside = tallest * (NODE.height + NODE.gap) - NODE.gap;
  const places = new Map<string, Place>();
  for (const [column, nodes] of columns) {
    const own = nodes.length * (NODE.height + NODE.gap) - NODE.gap;
    sorted(nodes).forEach(({ id }, i) => {
      // Those that work through others stand above the arrows that pass them by.
      const first = column === 'early' ? TOP : TOP + (inside - own) / 2;
      places.set(id, { x: COLUMNS[column], y: first + i * (NODE.height + NODE.gap) });
    });
  }
  const widest = (unit: string) =>
    greatest(graph.arrows.filter((arrow) => arrow.unit === unit).map(({ value }) => Math.abs(value)));
  const scale = { logits: widest('logits'), share: widest('share') };
  const titles = [...columns.keys()].map(
    (column) => html`<text class=column x="${COLUMNS[column]}" y="14">${TITLES[column]}</text>`,
  );
  const arrows = graph.arrows.map((arrow, i) => arrowOf(arrow, i, places, scale[arrow.unit]));
  return html`
    <div class=scroll>
      <svg class=path viewBox="0 0 ${WIDTH} ${TOP + inside + 10}" role=group aria-label="${spoken(graph)}">
        ${titles}${arrows.map(({ line }) => line)}${graph.nodes.map((node) => nodeOf(node, places, env))}
        ${arrows.map(({ number }) => number)}
      </svg>
    </div>
  `;
}

const sorted = (nodes: readonly PathNode[]) =>
  nodes.toSorted(
    (a, b) => (a.layer ?? 0) - (b.layer ?? 0) || a.kind.localeCompare(b.kind) || (a.index ?? 0) - (b.index ?? 0),
  );

const tenths = (value: number) => Math.round(value * 10) / 10;

function arrowOf({ from, to, value, unit }: PathArrow, i: number, places: ReadonlyMap<string, Place>, largest: number) {
  const [start, end] = [places.get(from), places.get(to)];
  if (!start || !end) return { line: '', number: '' };
  const [x0, y0] = [start.x + NODE.width, start.y + NODE.height / 2];
  const [x1, y1] = [end.x, end.y + NODE.height / 2];
  const bend = (x1 - x0) / 2;
  const width = tenths(0.8 + (7 * Math.abs(value)) / largest);
  const kind = unit === 'share' ? 'share' : value > 0 ? 'for' : 'against';
  // Along the curve, at another part for each arrow, so that numbers of a bundle do not cover each other.
  const t = to === 'logits' ? 0.3 : 0.28 + 0.22 * (i % 3);
  const at = (p0: number, p1: number, p2: number, p3: number) =>
    tenths((1 - t) ** 3 * p0 + 3 * (1 - t) ** 2 * t * p1 + 3 * (1 - t) * t ** 2 * p2 + t ** 3 * p3);
  const text = unit === 'share' ? wholePercent(value) : logits(value);
  const isLabelled = Math.abs(value) >= LABELLED[unit] * largest;
  return {
    line: html`
      <path class="arrow ${kind}" stroke-width="${width}" d="M${tenths(x0)} ${tenths(y0)}C${tenths(x0 + bend)} ${tenths(y0)} ${tenths(x1 - bend)} ${tenths(y1)} ${tenths(x1)} ${tenths(y1)}"/>
    `,
    number: !isLabelled
      ? ''
      : html`
        <text class="number ${kind}" x="${at(x0, x0 + bend, x1 - bend, x1)}" y="${at(y0, y0, y1, y1) + 4}">${text}
        </text>
      `,
  };
}

function nodeOf(node: PathNode, places: ReadonlyMap<string, Place>, env: PageEnv): Html {
  const { x, y } = places.get(node.id) ?? { x: 0, y: 0 };
  const middle = tenths(x + NODE.width / 2);
  const drawn = html`
      <rect class="node ${node.kind}" x="${x}" y="${tenths(y)}" width="${NODE.width}" height="${NODE.height}" rx="6"/>
      <text class=name x="${middle}" y="${tenths(y + (node.role ? 16 : 23))}">${node.name}</text>
      ${node.role ? html`<text class=role x="${middle}" y="${tenths(y + 30)}">${node.role}</text>` : ''}
    `;
  const link = linkOf(node, env);
  return link ? html`<a href="${link}">${drawn}</a>` : drawn;
}

function linkOf({ kind, layer, index }: PathNode, env: PageEnv): string | undefined {
  const sae = layer === null ? undefined : env.saeOf(layer);
  if (sae === undefined || index === null) return undefined;
  return kind === 'feature' ? env.links.feature(sae, index) : env.links.head(sae, index);
}

function spoken({ nodes, arrows }: PathGraph): string {
  const name = (id: string) => nodes.find((node) => node.id === id)?.name ?? id;
  const parts = arrows.map(
    ({ from, to, value, unit }) =>
      `${name(from)} to ${name(to)} ${unit === 'share' ? wholePercent(value) : logits(value)}`,
  );
  return `Arrows: ${parts.join('; ')}`;
}
