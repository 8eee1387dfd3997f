import type { HeadCircuitsRow, HeadRow } from '../../../pipeline/store/schema.ts';
import { percent, significant } from '../format.ts';
import { headSentences } from '../head-sentence.ts';
import type { Card } from './card.ts';

/** What the preview of a link to a head's page shows. */
export function headCard(row: HeadRow, circuits: HeadCircuitsRow | undefined, modelName: string): Card {
  const { verdict, others } = headSentences(row, circuits);
  const mix = [...(row.family_mix ?? [])].toSorted(([, a], [, b]) => b - a);
  return {
    place: `Attention Atlas · ${modelName}`,
    title: `Head ${row.layer}.${row.head}`,
    verdict: row.polysemanticity ?? '',
    sentence:
      [verdict, ...others].filter((sentence) => sentence !== '').join(' ') ||
      `What head ${row.layer}.${row.head} of ${modelName} writes, feature by feature.`,
    barsTitle: 'Leading features by family',
    bars: mix.map(([name, share]) => ({ name, share, value: percent(share, 2) })),
    figures: figuresOf(row, circuits),
  };
}

function figuresOf({ scores }: HeadRow, circuits: HeadCircuitsRow | undefined): [string, string][] {
  const share = (value: number) => percent(value, 2);
  const number = (value: number) => significant(value, 2);
  return [
    figure('Roles', scores?.get('roles'), number),
    figure('Induction, on repeats', scores?.get('induction attention on repeats'), share),
    figure('Previous token, on text', scores?.get('previous-token attention on text'), share),
    figure('Copying', circuits?.scores.get('copying, by eigenvalues'), number),
  ].flat();
}

function figure(name: string, value: number | undefined, show: (value: number) => string): [string, string][] {
  return value === undefined ? [] : [[name, show(value)]];
}
