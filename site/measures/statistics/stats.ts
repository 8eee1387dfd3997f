import type { FeatureRow } from '../../../pipeline/measures/statistics/table.ts';
import { count, percent, signed, significant } from '../../page-kit/format.ts';
import { type Html, html } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';

interface Statistic {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

/** The statistics of a feature as a definition list, each term with its meaning as a title. */
export function statistics(row: FeatureRow, links: Links): Html {
  const items = describe(row).map(
    ({ name, value, meaning }) => html`<div><dt title="${meaning}">${name}</dt><dd>${value}</dd></div>`,
  );
  return html`
    <div>
      <dl class=stats>${items}</dl>
      <p class=note>
        Attribution plus the <a href="${links.page('methods')}#constant">constant</a> is the pre-activation, exactly.
      </p>
    </div>
  `;
}

function describe(row: FeatureRow): Statistic[] {
  return [
    {
      name: 'Density',
      value: percent(row.density),
      meaning: 'Share of all tokens, BOS left out, on which it is active',
    },
    { name: 'Active tokens', value: count(row.count), meaning: 'Tokens of the corpus on which it is active' },
    { name: 'Mean', value: significant(row.mean_active), meaning: 'Mean activation over its active tokens' },
    { name: 'Maximum', value: significant(row.max_activation), meaning: 'Largest activation in the corpus' },
    {
      name: 'Constant',
      value: signed(row.constant),
      meaning: 'What the biases add to the pre-activation',
    },
    ...family(row),
  ];
}

function family({ family }: FeatureRow): Statistic[] {
  return family === null ? [] : [{ name: 'Family', value: family, meaning: 'What it was recognised as' }];
}
