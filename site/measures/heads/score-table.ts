import { type Html, html, nothing } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';
import { type HeadEvidence, type HeadScore, scoresOf } from './head-scores.ts';
import { shownScore } from './shown-score.ts';

/** A table of every score of every head, which needs no script; what sorts it reads `data-v`, its numbers in order. */
export function scoreTable(heads: readonly HeadEvidence[], links: Links): Html {
  const scores = scoresOf(heads);
  if (scores.length === 0) return nothing;
  const groups = [...Map.groupBy(scores, ({ group }) => group)].map(
    ([group, own]) => html`<th scope=colgroup colspan=${own.length}>${group}`,
  );
  const names = scores.map(({ key, name, unit }) => html`<th scope=col data-key=${key} data-unit=${unit}>${name}`);
  return html`
    <div class=scroll tabindex=0 role=region aria-label="Scores of every head">
      <table class="grid scores">
        <caption class=visually-hidden>Scores of every head</caption>
        <thead>
          <tr><td colspan=4>${groups}
          <tr><th scope=col>Head<th scope=col>Verdict<th scope=col>Induction<th scope=col>Leading family${names}
        </thead>
        <tbody>${heads.map((head) => rowOf(head, scores, links))}</tbody>
      </table>
    </div>
  `;
}

function rowOf(head: HeadEvidence, scores: readonly HeadScore[], links: Links): Html {
  const { layer, sae, head: number, polysemanticity, family_mix } = head.row;
  const values = scores.map((score) => score.of(head) ?? null);
  const by = sae === String(layer) ? '' : ` by ${sae}`;
  const family = (family_mix ?? []).toSorted((a, b) => b.share - a.share).at(0);
  const code = values.map((value) => (value === null ? '' : Number(value.toPrecision(6)))).join(',');
  return html`
    <tr data-layer=${layer} data-v="${code}">
      <th scope=row><a href="${links.head(sae, number)}">${layer}.${number}${by}</a>
      <td>${polysemanticity ?? '–'}<td>${head.induction?.verdict ?? '–'}<td>${family?.family ?? '–'}
      ${values.map((value, i) => html`<td>${shownScore(value, scores[i].unit)}`)}
  `;
}
