import type { RowView, ShownToken } from './row-view.ts';

const columns = [
  'sae',
  'feature',
  'layer',
  'label',
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
  const lines = [columns.join(',')];
  for (const row of rows) {
    const { sae, feature, layer, density, max, head, headWeight, family, activating, promoted } = row;
    const numbers = [density, max].map((value) => (Number.isFinite(value) ? value : ''));
    const weight = Number.isFinite(headWeight) ? headWeight : '';
    const cells = [
      sae,
      feature,
      layer,
      row.name?.text ?? '',
      ...numbers,
      head ?? '',
      weight,
      family,
      texts(activating),
      texts(promoted),
    ];
    lines.push(cells.map(cell).join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

const texts = (tokens: readonly ShownToken[]): string => tokens.map(({ text }) => text).join(' ');

/** Spreadsheets take what begins with one of these for a formula. */
const formula = /^[=+\-@\t\r]/;

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
