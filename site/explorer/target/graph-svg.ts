import type { AttributionNode } from '../../../pipeline/attribution/recursion/attribution-graph.ts';
import { greatest } from '../../../pipeline/numbers/extremes.ts';
import { signed } from '../../page-kit/format.ts';
import { attr, type Html, html, nothing } from '../../page-kit/html.ts';
import { tokenLabel } from '../../page-kit/token-text.ts';
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
import { groupName } from './mark-graph.ts';
import { shortened } from './shortened.ts';
import { xmlText } from './xml-text.ts';

export interface GraphDrawing {
  readonly title: string;
  readonly description: string;
  /** Display texts of the prompt's tokens. */
  readonly tokens: readonly string[];
  /** Ids of the nodes that are on the trail. */
  readonly trail: ReadonlySet<string>;
  /** Ids of the nodes that are pinned. */
  readonly pins: ReadonlySet<string>;
  /** What is written under a node. */
  name(node: AttributionNode): string;
  /** What a feature is called, in a few words under that; '' where there are none. */
  called(node: AttributionNode): string;
  /** A line about a node, for its title. */
  describe(place: PlacedNode): string;
}

const colours = { paper: '#ffffff', ink: '#1b2430', soft: '#515c6b', band: '#f3f3ee', up: '#3f86b4', down: '#c75f78' };
/** Keeps a text legible over the lines behind it. */
const halo = attr` stroke="${colours.paper}" stroke-width="3" paint-order="stroke" stroke-linejoin="round"`;
/** Edges from this share of the strongest on have their head's name beside them. */
const namedFrom = 0.06;
const tokenLength = 10;
/** The lines below a node read as words where they are read one after another. */
const BETWEEN = ' ';

/**
 * The graph as an SVG that stands by itself: all style in attributes, generic fonts. On a page, CSS by class wins over
 * the attributes; nodes carry their id in data-node.
 */
export function graphSvg(layout: GraphLayout, drawing: GraphDrawing): Html {
  const [width, height] = [layout.width, layout.height].map(Math.ceil);
  const strongest = greatest(
    layout.edges.map(({ edge }) => Math.abs(edge.attribution)),
    0,
  );
  const named = layout.edges.filter(({ edge }) => Math.abs(edge.attribution) >= namedFrom * strongest);
  return html`
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"
      font-family="sans-serif" font-size="10" text-anchor="middle">
      <title>${xmlText(drawing.title)}</title>
      <desc>${xmlText(drawing.description)}</desc>
      <rect class="paper" width="${hundredths(layout.width)}" height="${hundredths(layout.height)}" fill="${colours.paper}"/>
      ${layout.columns.map((column) => columnBand(column, layout, drawing.tokens))}
      ${layout.rows.map(rowLabel)}
      ${layout.edges.map((edge) => edgeLine(edge, drawing))}
      ${named.map(headName)}
      ${layout.nodes.map((place) => nodeMark(place, drawing))}
    </svg>
  `;
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;

function columnBand({ position, x, width }: Column, { height }: GraphLayout, tokens: readonly string[]): Html {
  const middle = hundredths(x + width / 2);
  const text = position === null ? 'weights' : shortened(tokenLabel(tokens[position]), tokenLength);
  const place = (y: number) =>
    html`<text class="soft" x="${middle}" fill="${colours.soft}" y="${hundredths(y)}">${position}</text>`;
  // At both ends: the one or the other is scrolled away.
  const names = [20, height - 24].map(
    (y) => html`
      <text class="token" x="${middle}" font-family="monospace" font-size="11" fill="${colours.ink}"
        y="${hundredths(y)}">${xmlText(text)}</text>
      ${position !== null && place(y + 13)}
    `,
  );
  return html`
    <rect class="band" x="${hundredths(x)}" y="4" width="${hundredths(width)}" height="${hundredths(height - 8)}" rx="4"
      fill="${colours.band}"/>
    ${names}
  `;
}

function rowLabel({ name, y, height }: Row): Html {
  const [x, middle] = [margin.left - 10, y + height / 2].map(hundredths);
  return html`<text class="soft" x="${x}" y="${middle}" text-anchor="end" fill="${colours.soft}">${xmlText(name)}</text>`;
}

function edgeLine(placed: PlacedEdge, { trail, name }: GraphDrawing): Html {
  const { edge, from, to, width } = placed;
  const onTrail = trail.has(edge.from) && trail.has(edge.to);
  const head = edge.head === null ? '' : ` through head ${from.node.layer}.${edge.head}`;
  const text = `${name(from.node)} reads ${name(to.node)}${head}: ${signed(edge.attribution)}`;
  const stroke = edge.attribution < 0 ? colours.down : colours.up;
  return html`
    <path class="edge ${sign(edge.attribution)}" d="${edgePath(placed)}" fill="none" stroke="${stroke}"
      stroke-width="${hundredths(width)}" stroke-linecap="round" stroke-opacity="${onTrail ? 0.95 : 0.45}">
      <title>${xmlText(text)}</title>
    </path>
  `;
}

function headName(placed: PlacedEdge): Html {
  const { edge, from } = placed;
  if (edge.head === null) return nothing;
  const { x, y } = edgeMiddle(placed);
  const name = `${from.node.layer}.${edge.head}`;
  return html`<text class="head" x="${hundredths(x)}" y="${hundredths(y + 3)}" fill="${colours.ink}"${halo}>${name}</text>`;
}

/** A pale disc for all that a node carries; the full one inside it is the part that no node below explains. */
function nodeMark(place: PlacedNode, { trail, pins, name, called, describe }: GraphDrawing): Html {
  const { node, x, y, radius } = place;
  const unexplained = node.attribution === 0 ? 1 : Math.min(1, Math.abs(node.remainder / node.attribution));
  const onTrail = trail.has(node.id);
  const words = called(node);
  const [cx, cy] = [x, y].map(hundredths);
  const disc = attr` cx="${cx}" cy="${cy}" fill="${node.attribution < 0 ? colours.down : colours.up}"`;
  const below = (by: number) => attr` x="${cx}" y="${hundredths(y + radius + by)}"`;
  return html`
    <g class="node ${node.kind} ${sign(node.attribution)}" data-node="${node.id}">
      <title>${xmlText(describe(place))}</title>
      <circle${disc} r="${hundredths(radius)}" fill-opacity="0.4"/>
      <circle${disc} r="${hundredths(radius * Math.sqrt(unexplained))}"/>
      ${onTrail && ring(x, y, radius + 2.5)}
      ${(pins.has(node.id) || groupName(node) !== undefined) && ring(x, y, radius + 5, true)}
      <text class="name"${below(11)} fill="${colours.ink}"${halo}${onTrail && attr` font-weight="bold"`}>
        ${xmlText(name(node))}
      </text>${BETWEEN}
      ${words !== '' && html`<text class="called"${below(21)} font-size="9" fill="${colours.ink}"${halo}>${xmlText(words)}</text>${BETWEEN}`}
      <text class="soft"${below(words === '' ? 21 : 31)} fill="${colours.soft}"${halo}>${signed(node.attribution)}</text>
    </g>
  `;
}

function ring(x: number, y: number, radius: number, isDashed = false): Html {
  const [cx, cy, r] = [x, y, radius].map(hundredths);
  return html`<circle class="ring" cx="${cx}" cy="${cy}" r="${r}" fill="none" stroke="${colours.ink}"
    stroke-width="1.5"${isDashed && attr` stroke-dasharray="2 2.5"`}/>`;
}

const sign = (value: number) => (value < 0 ? 'below' : 'above');
