import type { FamilyCheckRow } from '../../../pipeline/measures/families/table.ts';
import { featureSummary, type SummaryPart } from '../../../pipeline/measures/labels/maths/feature-summary.ts';
import { summaryEvidence } from '../../../pipeline/measures/labels/maths/summary-evidence.ts';
import type { LabelRow } from '../../../pipeline/measures/labels/table.ts';
import type { ExampleRow, FeatureRow } from '../../../pipeline/measures/statistics/table.ts';
import { exampleQuery } from '../../explorer/example/example-query.ts';
import { type Html, type HtmlValue, html, joined } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';
import { tokenLabel, visibleText } from '../../page-kit/token-text.ts';
import { confidenceShown } from '../families/confidence-shown.ts';
import { familyPageLink } from '../families/family-mix.ts';
import { labelSource, otherLabels } from './label-lines.ts';

const PEAKS = 8;
const PROMOTED = 6;

interface Evidence {
  readonly row: FeatureRow;
  /** Its top examples, strongest first. */
  readonly top: readonly ExampleRow[];
}

interface Answer extends Evidence {
  readonly labels: readonly LabelRow[];
  /** How its family holds on random active tokens, where that was looked at. */
  readonly check?: FamilyCheckRow | undefined;
}

/**
 * What a feature does, at a glance: its best label with its source and score, else its summary; then family, the tokens at
 * its peaks and those it promotes.
 */
export function answer({ row, top, labels, check }: Answer, env: PageEnv): Html {
  const { family, family_confidence: confidence } = row;
  const ownCheck = check?.family === family ? check : undefined;
  const page = familyPageLink(env.links, family ?? '');
  const sure = confidence !== null && html` <small>${confidenceShown(confidence, ownCheck, env.links)}</small>`;
  const summary = summaryOf(row, top, env).map(shown);
  const [label, ...others] = labels;
  return html`
    ${label ? labelled(label, summary, others, env.links) : html`<p class=answer>${summary}.</p>`}
    <dl class=glance>
      ${family !== null && html`<div><dt>Family</dt><dd><a href="${page}">${family}</a>${sure}</dd></div>`}
      ${top.length > 0 && html`<div><dt>Activates on</dt><dd>${peakTokens(top, env)}</dd></div>`}
      <div><dt>Promotes</dt><dd>${codes(row.positive_logits.slice(0, PROMOTED))}</dd></div>
    </dl>
    <p class="note by-rule">
      ${label ? 'The summary' : 'The line'} is <a href="${env.links.page('methods')}#summaries">made by rule</a> from what follows, without a language
      model.${tryLink(top, env)}
    </p>
  `;
}

/** The label, or the summary, as text, for descriptions. */
export const answerText = (
  { row, top, label }: Evidence & { readonly label?: LabelRow | undefined },
  env: PageEnv,
): string =>
  label
    ? visibleText(label.label).replace(/\.$/, '')
    : summaryOf(row, top, env)
        .map((part) => (typeof part === 'string' ? part : `“${tokenLabel(part.token)}”`))
        .join('');

function labelled(label: LabelRow, summary: readonly HtmlValue[], others: readonly LabelRow[], links: Links): Html {
  return html`
    <p class=answer>${visibleText(label.label)}</p>
    ${labelSource(label, links)}
    <p class="note rule-line"><b>By rule:</b> ${summary}.</p>
    ${otherLabels(others, links)}
  `;
}

const shown = (part: SummaryPart) => (typeof part === 'string' ? part : html`<code>${tokenLabel(part.token)}</code>`);

/** By row: title, description and page say the same. */
const summaries = new WeakMap<FeatureRow, SummaryPart[]>();

function summaryOf(row: FeatureRow, top: readonly ExampleRow[], env: PageEnv): SummaryPart[] {
  const known = summaries.get(row);
  if (known) return known;
  const summary = featureSummary(summaryEvidence(row, top.map(peakOf), env.token));
  summaries.set(row, summary);
  return summary;
}

const peakOf = ({ token_ids, position, window_start }: ExampleRow): number => token_ids[position - window_start];

/** Distinct tokens at the peaks by the number of top examples, the most common first. */
function peakTokens(top: readonly ExampleRow[], env: PageEnv): Html {
  const counted = [...Map.groupBy(top.map(peakOf), (id) => id)].toSorted(([, a], [, b]) => b.length - a.length);
  const items = counted.slice(0, PEAKS).map(([id, own]) => {
    const times = own.length > 1 && html`<small> × ${own.length}</small>`;
    return html`<span>${env.tokens.label(id)}${times}</span>`;
  });
  const more = counted.length > PEAKS && html` <small>and ${counted.length - PEAKS} more</small>`;
  return html`${joined(items, ' ')}${more}`;
}

const codes = (tokens: readonly { readonly token: string }[]): Html =>
  joined(
    tokens.map(({ token }) => html`<code>${tokenLabel(token)}</code>`),
    ' ',
  );

/** The strongest example in the explorer, where its text can be changed. */
function tryLink([first]: readonly ExampleRow[], { hasExplorer, links, saeOf }: PageEnv): Html | false {
  if (!hasExplorer || !first) return false;
  return html` <a href="${links.page('explorer')}?${exampleQuery(first, saeOf(first.layer))}">Try this feature on a text</a>`;
}
