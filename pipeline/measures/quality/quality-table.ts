import { greatest } from '../../numbers/extremes.ts';
import type { SaeQuality } from './quality.ts';

interface Column {
  readonly title: string;
  readonly digits: number;
  value(quality: SaeQuality): number;
}

const columns: readonly Column[] = [
  { title: 'L0', digits: 1, value: ({ l0 }) => l0 },
  { title: 'explained', digits: 3, value: ({ explainedVariance }) => explainedVariance },
  { title: 'cosine', digits: 3, value: ({ cossim }) => cossim },
  { title: 'L2 ratio', digits: 3, value: ({ l2Ratio }) => l2Ratio },
  { title: 'bias', digits: 3, value: ({ relativeReconstructionBias }) => relativeReconstructionBias },
  { title: 'CE clean', digits: 4, value: ({ ceClean }) => ceClean },
  { title: 'CE SAE', digits: 4, value: ({ ceSae }) => ceSae },
  { title: 'CE zero', digits: 4, value: ({ ceZero }) => ceZero },
  { title: 'CE mean', digits: 4, value: ({ ceMean }) => ceMean },
  { title: 'recovered', digits: 3, value: ({ lossRecovered }) => lossRecovered },
  { title: 'KL score', digits: 3, value: ({ klScore }) => klScore },
  { title: 'dead', digits: 0, value: ({ deadFeatures }) => deadFeatures },
  { title: 'near twins', digits: 0, value: ({ nearTwins }) => nearTwins },
];

/** The quality table as lines of aligned columns: a row an SAE, and their mean where there are several. */
export function qualityTable(qualities: readonly SaeQuality[]): string[] {
  const rows = qualities.map((quality) => [
    quality.sae,
    ...columns.map(({ value, digits }) => value(quality).toFixed(digits)),
  ]);
  // The mean of counts has a decimal.
  const mean = ({ value, digits }: Column) =>
    (qualities.reduce((sum, quality) => sum + value(quality), 0) / qualities.length).toFixed(digits || 1);
  if (qualities.length > 1) rows.push(['mean', ...columns.map(mean)]);
  return aligned([['layer', ...columns.map(({ title }) => title)], ...rows]);
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => greatest(rows.map((row) => row[column].length)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column])).join('  '));
}
