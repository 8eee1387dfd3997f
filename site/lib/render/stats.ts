import type { FeatureRow } from '../../../pipeline/store/schema.ts';
import { count, percent, signed, significant } from '../format.ts';

interface Statistic {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

/** The statistics of a feature as a definition list, each term with its meaning as a title. */
export function statistics(row: FeatureRow): string {
  const items = describe(row).map(
    ({ name, value, meaning }) => `<div><dt title="${meaning}">${name}</dt><dd>${value}</dd></div>`,
  );
  return `<dl class=stats>${items.join('')}</dl>`;
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
      meaning: 'What the biases add: attribution by source plus this is the pre-activation, exactly',
    },
  ];
}
