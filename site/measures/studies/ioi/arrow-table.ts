import { type Html, html } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { logits, wholePercent } from './estimate.ts';
import type { PathGraph, PathNode } from './path-graph.ts';
import { featureName, headName } from './place-links.ts';

/** Every arrow of the drawing as a row. */
export function arrowTable({ nodes, arrows }: PathGraph, env: PageEnv): Html {
  const name = (id: string) => {
    const node = nodes.find((each) => each.id === id);
    return node ? nodeName(node, env) : '';
  };
  const rows = arrows.map(({ from, to, value, unit }) => {
    const number = unit === 'share' ? wholePercent(value) : `${logits(value)} logits`;
    return html`<tr><th scope=row>${name(from)}</th><td class=words>${name(to)}</td><td>${number}</td></tr>`;
  });
  return html`
    <details class=more>
      <summary>All ${arrows.length} arrows in numbers</summary>
      <div class=scroll>
        <table class="grid arrows">
          <thead><tr><th scope=col>From</th><th scope=col class=words>To</th><th scope=col>Carries</th></tr></thead>
          <tbody>${rows}</tbody>
        </table>
      </div>
    </details>
  `;
}

function nodeName({ kind, layer, index, name, role, column }: PathNode, env: PageEnv): Html {
  if (layer === null || index === null) return html`${name}`;
  const where = column === 's2' ? 'at S2' : 'at the end';
  const link = kind === 'feature' ? featureName(layer, index, env) : headName(layer, index, env);
  return html`${kind} ${link} ${where}${kind === 'head' && role !== where ? `, ${role}` : ''}`;
}
