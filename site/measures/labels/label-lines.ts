import { labelSupport } from '../../../pipeline/measures/labels/maths/label-support.ts';
import type { LabelRow } from '../../../pipeline/measures/labels/table.ts';
import { significant } from '../../page-kit/format.ts';
import { type Html, html, joined, nothing } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';
import { visibleText } from '../../page-kit/token-text.ts';

type Label = Pick<
  LabelRow,
  'label' | 'kind' | 'author' | 'model' | 'source' | 'scores' | 'score' | 'score_low' | 'score_high' | 'score_kind'
>;

const verdicts: Readonly<Record<string, string | undefined>> = {
  chance: 'No better than chance: a guess scores 0.5',
  'below chance': 'Worse than chance: a guess scores 0.5',
};

/** Who says it, and how well it predicts where the feature is active. */
export function labelSource(label: Label, links: Links): Html {
  const by = [label.model, label.author].flatMap((name) => (name === null ? [] : [visibleText(name)]));
  const whose = label.kind === 'model' ? 'Label by a language model' : 'Imported label';
  const verdict = verdicts[labelSupport(label)];
  const sentences = [
    html`${whose}${by.length > 0 && html`: <b>${by.join(', ')}</b>`}; ${visibleText(label.source)}.`,
    ...(label.scores.length === 0 ? [html`No score.`] : label.scores.map(scoreShown)),
    ...(verdict === undefined ? [] : [html`<strong>${verdict}.</strong>`]),
    html`<a href="${links.page('methods')}#labels">What scores mean</a>`,
  ];
  return html`<p class="note label-source">${joined(sentences, ' ')}</p>`;
}

function scoreShown({ kind, value, low, high }: Label['scores'][number]): Html {
  const within =
    Number.isFinite(low) && Number.isFinite(high) ? ` (95% ${significant(low, 2)} to ${significant(high, 2)})` : '';
  const name = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  return html`${visibleText(name)} <b>${significant(value, 2)}</b>${within}.`;
}

/** The labels of a feature besides its best. */
export function otherLabels(labels: readonly Label[], links: Links): Html {
  if (labels.length === 0) return nothing;
  const items = labels.map((label) => html`<li>${visibleText(label.label)}${labelSource(label, links)}</li>`);
  const title = labels.length === 1 ? 'Another label' : `${labels.length} other labels`;
  return html`<details class=labels><summary>${title}</summary><ul>${items}</ul></details>`;
}
