import type { HeadCircuitsRow } from '../../pipeline/measures/circuits/table.ts';
import type { HeadRow } from '../../pipeline/measures/heads/table.ts';
import { headSentences } from '../measures/heads/head-sentence.ts';
import { rolesText } from '../measures/heads/roles-text.ts';
import { percent, significant } from '../page-kit/format.ts';
import type { Card } from './card.ts';

/** What the preview of a link to a head's page shows. */
export function headCard(row: HeadRow, circuits: HeadCircuitsRow | undefined, modelName: string): Card {
  const { verdict, others } = headSentences(row, circuits);
  const mix = (row.family_mix ?? []).toSorted((a, b) => b.share - a.share);
  return {
    place: `Attention Atlas · ${modelName}`,
    title: `Head ${row.layer}.${row.head}`,
    verdict: row.polysemanticity ?? '',
    sentence:
      [verdict, ...others].filter((sentence) => sentence !== '').join(' ') ||
      `What head ${row.layer}.${row.head} of ${modelName} writes, feature by feature.`,
    barsTitle: 'Its attribution by family',
    bars: mix.map(({ family, share }) => ({ name: family, share, value: percent(share, 2) })),
    figures: figuresOf(row, circuits),
  };
}

function figuresOf({ scores, attention }: HeadRow, circuits: HeadCircuitsRow | undefined): [string, string][] {
  const share = (value: number) => percent(value, 2);
  return [
    scores ? [['Effective roles', rolesText(scores)] satisfies [string, string]] : [],
    figure('Induction, on repeats', attention?.induction_on_repeats, share),
    figure('Previous token, on text', attention?.previous_token_on_text, share),
    figure('Copying', circuits?.scores.copying_by_eigenvalues, (value) => significant(value, 2)),
  ].flat();
}

function figure(name: string, value: number | null | undefined, show: (value: number) => string): [string, string][] {
  return value === undefined || value === null ? [] : [[name, show(value)]];
}
