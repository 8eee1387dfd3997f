import { sources } from '../../../../pipeline/measures/studies/ioi/maths/sources.ts';
import type { IoiFeatureRow, IoiHeadRow } from '../../../../pipeline/measures/studies/ioi/table.ts';
import { type Html, html, isNothing, nothing } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { arrowTable } from './arrow-table.ts';
import { type IoiData, totalOf } from './data.ts';
import { logits, wholePercent, withInterval } from './estimate.ts';
import { isMoreThanChance } from './features-section.ts';
import { headTable, partTable } from './head-tables.ts';
import { pathFigure } from './path-figure.ts';
import { pathGraph } from './path-graph.ts';
import { featureName, headName, listed } from './place-links.ts';

const caption =
  'Blue adds to the receiver’s lead, rose takes from it, in logits. Out of what is at the giver’s second mention: what the lead loses through one ' +
  'head at the end when only that is taken away (path patching). Between heads at the end: what the later one loses when the earlier has its output ' +
  'of the story with an unrelated giver. Into the lead: direct attribution. Grey: where a feature’s attribution, or a head’s attention, comes from. ' +
  'Only what is sure: the 95% interval leaves out 0.';

/** How the model does what it does: in words, as a drawing, and head by head. */
export function pathSection(data: IoiData, env: PageEnv): Html {
  const solved = totalOf(data, 'solved');
  if (!solved || data.heads.length === 0) return nothing;
  const graph = pathGraph(data, solved.difference.mean);
  const drawing =
    graph.arrows.length === 0
      ? html`<p class=note>No arrow is sure enough to be drawn.</p>`
      : html`<figure>${pathFigure(graph, env)}<figcaption>${caption}</figcaption></figure>${arrowTable(graph, env)}`;
  return html`
    <section aria-labelledby=path>
      <h2 id=path>How it does it, where it does</h2>
      <div class=told>
        <p>
          On the ${solved.template_count} templates solved, the receiver leads
          by ${withInterval(solved.difference)} logits.
        </p>
        ${sentences(data, env)}
      </div>
      ${drawing}${partTable(data, env)}${headTable(data, env)}
    </section>
  `;
}

function sentences(data: IoiData, env: PageEnv): Html {
  const having = (role: string) => data.heads.filter(({ roles }) => roles.includes(role));
  const items = [
    writers(having('name mover'), 'IO', 'looking at the receiver: name movers', env),
    writers(
      having('suppressor'),
      'S2',
      'looking at the giver’s second mention: the giver is taken away rather than the receiver brought',
      env,
    ),
    against(having('negative mover'), env),
    bothNames(having('both names'), env),
    inhibitors(having('S-inhibition'), env),
    atS2(
      data.heads.filter(({ roles }) => roles.some((role) => ['duplicate token', 'induction', 'at S2'].includes(role))),
      env,
    ),
    features(data, env),
  ];
  return html`
    <ul class=found>${items.filter((item) => !isNothing(item)).map((item) => html`<li>${item}</li>`)}</ul>
  `;
}

const byDirect = (rows: readonly IoiHeadRow[]) =>
  rows.toSorted((a, b) => Math.abs(b.direct.mean) - Math.abs(a.direct.mean));
const named = ({ layer, head }: IoiHeadRow, env: PageEnv) => headName(layer, head, env);
const attention = (row: IoiHeadRow, source: (typeof sources)[number]) =>
  wholePercent(row.from_end[sources.indexOf(source)]);
const heads = (rows: readonly IoiHeadRow[]) => (rows.length === 1 ? 'Head' : 'Heads');

function writers(rows: readonly IoiHeadRow[], source: (typeof sources)[number], what: string, env: PageEnv): Html {
  if (rows.length === 0) return nothing;
  const own = byDirect(rows);
  const names = own.map(
    (row) => html`${named(row, env)} (${logits(row.direct.mean)}, ${attention(row, source)} of its attention)`,
  );
  return html`${heads(own)} ${listed(names)} ${own.length === 1 ? 'writes' : 'write'} for the receiver at the end, ${what}.`;
}

function against(rows: readonly IoiHeadRow[], env: PageEnv): Html {
  if (rows.length === 0) return nothing;
  const names = byDirect(rows).map((row) => html`${named(row, env)} (${logits(row.direct.mean)})`);
  return html`${heads(rows)} ${listed(names)} ${rows.length === 1 ? 'writes' : 'write'} against the receiver.`;
}

function bothNames(rows: readonly IoiHeadRow[], env: PageEnv): Html {
  if (rows.length === 0) return nothing;
  const names = rows.map((row) => html`${named(row, env)} (${attention(row, 'IO')} and ${attention(row, 'S1')})`);
  return html`${heads(rows)} ${listed(names)} ${rows.length === 1 ? 'attends from the end about equally to both names, and favours' : 'attend from the end about equally to both names, and favour'} neither.`;
}

function inhibitors(rows: readonly IoiHeadRow[], env: PageEnv): Html {
  if (rows.length === 0) return nothing;
  const names = rows.map(
    (row) =>
      html`${named(row, env)} (${logits(row.indirect.mean)} by way of others, ${attention(row, 'S2')} of its attention on the giver’s second mention)`,
  );
  return html`Without what ${listed(names)} write${rows.length === 1 ? 's' : ''} at the end, later heads and layers favour the receiver less: S-inhibition.`;
}

function atS2(rows: readonly IoiHeadRow[], env: PageEnv): Html {
  if (rows.length === 0) return html`At the giver’s second mention no single head’s output matters for sure.`;
  const names = rows
    .toSorted((a, b) => a.s2_effect.mean - b.s2_effect.mean)
    .map((row) => html`${named(row, env)} (${logits(row.s2_effect.mean)})`);
  return html`At the giver’s second mention, ${listed(names)} matter${rows.length === 1 ? 's' : ''}: in brackets, the change of the lead when its output there is that for an unrelated giver.`;
}

function features(data: IoiData, env: PageEnv): Html {
  const one = (row: IoiFeatureRow) => html`${featureName(row.layer, row.feature, env)} (${logits(row.effect.mean)})`;
  const [position, leading] = ['position', 'leading'].map((role) => data.features.filter((row) => row.role === role));
  const found =
    position && position.length > 0
      ? html`Features that tell ABBA from BABA there and matter: ${listed(position.map(one))}.`
      : html`No feature there tells ABBA from BABA and matters: nothing like the “position” features of GPT-2 Small was found.`;
  if (!leading || leading.length === 0) return found;
  const hedge = isMoreThanChance(data) ? '' : ' That many are expected by chance, so none should be relied on.';
  return html`${found} Of those ablated one at a time, these change the lead most, with an interval that leaves out 0: ${listed(leading.map(one))}.${hedge}`;
}
