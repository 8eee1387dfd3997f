import { type FigureColumn, figureTable } from '../../../page-kit/figure-table.ts';
import { type Html, html, nothing } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { logits, wholePercent } from './estimate.ts';
import type { PathArrow, PathGraph, PathNode } from './path-graph.ts';
import { featureName, headName } from './place-links.ts';

/** Every arrow of the drawing as a row. */
export function arrowTable({ nodes, arrows }: PathGraph, env: PageEnv): Html {
  const nodeOf = (id: string) => nodes.find((node) => node.id === id);
  const column = (name: string, key: 'from' | 'to'): FigureColumn<PathArrow> => ({
    ...{ name, key, value: (arrow) => spoken(nodeOf(arrow[key])) },
    show: (arrow) => nodeName(nodeOf(arrow[key]), env),
  });
  return figureTable({
    name: 'Arrows of the drawing',
    file: 'ioi-arrows',
    summary: `All ${arrows.length} arrows in numbers`,
    columns: [
      column('From', 'from'),
      column('To', 'to'),
      {
        ...{ name: 'Carries', key: 'value', value: ({ value }) => value },
        show: ({ value, unit }) => (unit === 'share' ? wholePercent(value) : logits(value)),
      },
      { name: 'Unit', key: 'unit', value: ({ unit }) => unit },
    ],
    rows: arrows,
  });
}

/** A node in words, for a file. */
function spoken(node: PathNode | undefined): string {
  if (!node) return '';
  return node.layer === null || node.index === null
    ? node.name
    : [node.kind, node.name, placeOf(node), roleOf(node)].filter(Boolean).join(' ');
}

const placeOf = ({ column }: PathNode): string => (column === 's2' ? 'at S2' : 'at the end');

/** A head's role, where it says more than its place. */
const roleOf = (node: PathNode): string => (node.kind === 'head' && node.role !== placeOf(node) ? node.role : '');

function nodeName(node: PathNode | undefined, env: PageEnv): Html {
  if (!node) return nothing;
  const { kind, layer, index, name } = node;
  if (layer === null || index === null) return html`${name}`;
  const link = kind === 'feature' ? featureName(layer, index, env) : headName(layer, index, env);
  const role = roleOf(node);
  return html`${kind} ${link} ${placeOf(node)}${role && `, ${role}`}`;
}
