import type { NewHeadScoresRow } from './scores-table.ts';

/** The scores of a head that are shown, with their names there. */
const shown = [
  { column: 'induction', name: 'induction' },
  { column: 'previous_token', name: 'previous' },
  { column: 'duplicate_token', name: 'duplicate' },
  { column: 'copying', name: 'copying' },
] as const;

/** Heads named of each score. */
const named = 8;

/** The strongest heads of each score, a line each, and then every head in order. */
export function scoreLines(rows: readonly NewHeadScoresRow[]): string[] {
  const strongest = shown.flatMap(({ column, name }) => {
    const ranked = rows
      .map((row) => ({ head: `${row.layer}.${row.head}`, value: row[column] }))
      .filter(({ value }) => value !== null)
      .toSorted((a, b) => Number(b.value) - Number(a.value))
      .slice(0, named);
    const heads = ranked.map(({ head, value }) => `${head} ${cell(value)}`);
    return heads.length === 0 ? [] : [`  ${name.padEnd(9)}  ${heads.join('  ')}`];
  });
  const header = ['layer', 'head', ...shown.map(({ name }) => name.padStart(9))].join('  ');
  const lines = rows.map((row) =>
    [
      String(row.layer).padStart(5),
      String(row.head).padStart(4),
      ...shown.map(({ column }) => cell(row[column]).padStart(9)),
    ].join('  '),
  );
  return ['strongest heads, layer.head:', ...strongest, header, ...lines];
}

const cell = (value: number | null): string => (value === null ? '–' : value.toFixed(4));
