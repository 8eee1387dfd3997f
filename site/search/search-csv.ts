import { csvText } from '../page-kit/csv.ts';
import { type FeatureName, nameParts } from '../page-kit/feature-name.ts';
import type { RowView, ShownToken } from './row-view.ts';

const columns = [
  'sae',
  'feature',
  'layer',
  'label_or_summary',
  'density',
  'max_activation',
  'leading_head',
  'head_weight',
  'family',
  'activates_on',
  'promotes',
];

/** The results of a search as CSV (RFC 4180), a line a feature; an empty cell for what is not known. */
export function searchCsv(rows: Iterable<RowView>): string {
  const lines: (readonly (string | number)[])[] = [columns];
  for (const row of rows) {
    const { sae, feature, layer, density, max, head, headWeight, family, activating, promoted } = row;
    lines.push([
      sae,
      feature,
      layer,
      nameOf(row.name),
      threeDigits(density),
      threeDigits(max),
      head ?? '',
      threeDigits(headWeight),
      family,
      texts(activating),
      texts(promoted),
    ]);
  }
  return csvText(lines);
}

/** A label, or a summary with its tokens in backticks; line ends and what cannot be seen are spelled as in tokens. */
const nameOf = (name: FeatureName | undefined): string =>
  name
    ? nameParts(name, Number.POSITIVE_INFINITY)
        .parts.map(({ text, isCode }) => (isCode ? `\`${text}\`` : text))
        .join('')
    : '';

/** The index has no more digits; shares are hundredths of what it has, with an error in the last of a double's. */
const threeDigits = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(3)) : '');

const texts = (tokens: readonly ShownToken[]): string => tokens.map(({ text }) => text).join(' ');
