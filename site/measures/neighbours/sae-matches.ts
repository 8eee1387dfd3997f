import { matchCosines, type SaeMatchRow } from '../../../pipeline/measures/neighbours/sae-matches.ts';
import { count, percent, significant } from '../../page-kit/format.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';

/** Alive features of an SAE, by its id. */
type Alive = (sae: string) => number;

/** How the SAEs of one layer match, a part for each two; nothing where no layer has two, or the run has no neighbours. */
export function saeMatchesSection(rows: readonly SaeMatchRow[], alive: Alive, links: Links): Html {
  if (rows.length === 0) return nothing;
  const pairs = Map.groupBy(rows, ({ sae, other_sae }) => [sae, other_sae].sort().join(' '));
  const { same, similar } = matchCosines;
  return html`
    <section>
      <h2 id=matches>Features that SAEs of one layer share</h2>
      <p class=note>
        A feature’s match is the one of the other SAE whose decoder writes most nearly what its own does, by
        the <a href="${links.page('methods')}#neighbours">cosine</a> in the residual stream: much the same from ${same} on,
        similar from ${similar} on.
      </p>
      ${Array.from(pairs, ([saes, own]) => pairSection(saes, own, alive, links))}
    </section>
  `;
}

function pairSection(saes: string, rows: readonly SaeMatchRow[], alive: Alive, links: Links): Html {
  const [one = '', other = ''] = saes.split(' ');
  return html`
    <section class=pair data-saes="${saes}">
      <h3>${one} and ${other}</h3>
      <p><a href="${links.page('compare')}?a=s/${one}&amp;b=s/${other}">Compare their quality</a></p>
      ${rows.map((row) => oneWay(row, alive, links))}
    </section>
  `;
}

function oneWay(row: SaeMatchRow, alive: Alive, links: Links): Html {
  const { sae, other_sae: other, closest } = row;
  const all = alive(sae);
  const shareOf = (some: number) => (all === 0 ? '' : ` (${percent(some / all, 2)})`);
  const pairs = closest.map(({ feature, other_feature, value }) => {
    const address = `${links.page('compare')}?a=f/${sae}/${feature}&b=f/${other}/${other_feature}`;
    return html`<li><a href="${address}">${feature} and ${other_feature}</a> <b>${significant(value, 2)}</b>`;
  });
  return html`
    <p>
      Of ${count(all)} alive features of ${sae}, much the same as one of ${other}: ${count(row.same)}${shareOf(row.same)};
      at least similar: ${count(row.similar)}${shareOf(row.similar)}. The closest:
    </p>
    <ol class=near>${pairs}</ol>
  `;
}
