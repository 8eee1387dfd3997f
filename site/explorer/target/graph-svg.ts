import { greatest } from '../../../pipeline/numbers/extremes.ts';
import { signed } from '../../page-kit/format.ts';
import { tokenLabel } from '../../page-kit/token-text.ts';
import { shortName } from './component-names.ts';
import {
  type Column,
  edgeMiddle,
  edgePath,
  type GraphLayout,
  margin,
  type PlacedEdge,
  type PlacedNode,
  type Row,
} from './graph-layout.ts';
import { shortened } from './shortened.ts';
import { element, xmlText } from './xml.ts';

export interface GraphDrawing {
  readonly title: string;
  readonly description: string;
  /** Display texts of the prompt's tokens. */
  readonly tokens: readonly string[];
  /** Ids of the nodes that are on the trail. */
  readonly trail: ReadonlySet<string>;
  /** A line about a node, for its title. */
  describe(place: PlacedNode): string;
}

const colours = { paper: '#ffffff', ink: '#1b2430', soft: '#515c6b', band: '#f3f3ee', up: '#3f86b4', down: '#c75f78' };
/** Keeps a text legible over the lines behind it. */
const halo = { stroke: colours.paper, 'stroke-width': 3, 'paint-order': 'stroke', 'stroke-linejoin': 'round' };
/** Edges from this share of the strongest on have their head's name beside them. */
const namedFrom = 0.06;
const tokenLength = 10;

/**
 * The graph as an SVG that stands by itself: all style in attributes, generic fonts. On a page, CSS by class wins over
 * the attributes; nodes carry their id in data-node.
 */
export function graphSvg(layout: GraphLayout, drawing: GraphDrawing): string {
  const { width, height } = layout;
  const strongest = greatest(
    layout.edges.map(({ edge }) => Math.abs(edge.attribution)),
    0,
  );
  const content = [
    element('title', {}, xmlText(drawing.title)),
    element('desc', {}, xmlText(drawing.description)),
    element('rect', { class: 'paper', width, height, fill: colours.paper }),
    ...layout.columns.map((column) => columnBand(column, layout, drawing.tokens)),
    ...layout.rows.map(rowLabel),
    ...layout.edges.map((edge) => edgeLine(edge, drawing.trail)),
    ...layout.edges.filter(({ edge }) => Math.abs(edge.attribution) >= namedFrom * strongest).map(headName),
    ...layout.nodes.map((place) => nodeMark(place, drawing)),
  ];
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
      width: Math.ceil(width),
      height: Math.ceil(height),
      'font-family': 'sans-serif',
      'font-size': 10,
      'text-anchor': 'middle',
    },
    content.join(''),
  );
}

function columnBand({ position, x, width }: Column, { height }: GraphLayout, tokens: readonly string[]): string {
  const middle = x + width / 2;
  const text = position === null ? 'weights' : shortened(tokenLabel(tokens[position] ?? ''), tokenLength);
  const label = { class: 'token', x: middle, 'font-family': 'monospace', 'font-size': 11, fill: colours.ink };
  const place = { class: 'soft', x: middle, fill: colours.soft };
  // At both ends: the one or the other is scrolled away.
  const names = [20, height - 24].map(
    (y) =>
      element('text', { ...label, y }, xmlText(text)) +
      (position === null ? '' : element('text', { ...place, y: y + 13 }, String(position))),
  );
  return (
    element('rect', { class: 'band', x, y: 4, width, height: height - 8, rx: 4, fill: colours.band }) + names.join('')
  );
}

function rowLabel({ name, y, height }: Row): string {
  const place = { x: margin.left - 10, y: y + height / 2, 'text-anchor': 'end' };
  return element('text', { class: 'soft', ...place, fill: colours.soft }, xmlText(name));
}

function edgeLine(placed: PlacedEdge, trail: ReadonlySet<string>): string {
  const { edge, from, to, width } = placed;
  const onTrail = trail.has(edge.from) && trail.has(edge.to);
  const head = edge.head === null ? '' : ` through head ${from.node.layer}.${edge.head}`;
  const text = `${shortName(from.node)} reads ${shortName(to.node)}${head}: ${signed(edge.attribution)}`;
  const stroke = edge.attribution < 0 ? colours.down : colours.up;
  const line = { d: edgePath(placed), fill: 'none', stroke, 'stroke-width': width, 'stroke-linecap': 'round' };
  return element(
    'path',
    { class: `edge ${sign(edge.attribution)}`, ...line, 'stroke-opacity': onTrail ? 0.95 : 0.45 },
    element('title', {}, xmlText(text)),
  );
}

function headName(placed: PlacedEdge): string {
  const { edge, from } = placed;
  if (edge.head === null) return '';
  const { x, y } = edgeMiddle(placed);
  return element('text', { class: 'head', x, y: y + 3, fill: colours.ink, ...halo }, `${from.node.layer}.${edge.head}`);
}

/** A pale disc for all that a node carries; the full one inside it is the part that no node below explains. */
function nodeMark(place: PlacedNode, { trail, describe }: GraphDrawing): string {
  const { node, x, y, radius } = place;
  const unexplained = node.attribution === 0 ? 1 : Math.min(1, Math.abs(node.remainder / node.attribution));
  const fill = node.attribution < 0 ? colours.down : colours.up;
  const disc = { cx: x, cy: y, fill };
  const onTrail = trail.has(node.id);
  const ring = { cx: x, cy: y, r: radius + 2.5, fill: 'none', stroke: colours.ink, 'stroke-width': 1.5 };
  const label = { x, y: y + radius + 11, fill: colours.ink, ...halo, 'font-weight': onTrail ? 'bold' : undefined };
  return element(
    'g',
    { class: `node ${node.kind} ${sign(node.attribution)}`, 'data-node': node.id },
    element('title', {}, xmlText(describe(place))) +
      element('circle', { ...disc, r: radius, 'fill-opacity': 0.4 }) +
      element('circle', { ...disc, r: radius * Math.sqrt(unexplained) }) +
      (onTrail ? element('circle', { class: 'ring', ...ring }) : '') +
      element('text', { class: 'name', ...label }, xmlText(shortName(node))) +
      element('text', { class: 'soft', x, y: y + radius + 21, fill: colours.soft, ...halo }, signed(node.attribution)),
  );
}

const sign = (value: number) => (value < 0 ? 'below' : 'above');
