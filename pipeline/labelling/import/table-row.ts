import { UserError } from '../../errors/user-error.ts';
import type { FoundLabel, LabelScore } from './label-entry.ts';

/** Columns under our names, and the names that others give them. */
const aliases: Readonly<Record<string, string | undefined>> = {
  index: 'feature',
  latent: 'feature',
  feature_index: 'feature',
  description: 'label',
  explanation: 'label',
  authorId: 'author',
  explanationModelName: 'model',
  explanation_model: 'model',
};
const known = ['layer', 'sae', 'feature', 'label', 'author', 'model', 'source'];
const scoreColumns = ['score', 'score_low', 'score_high', 'score_kind'];

/** The columns of a row that no label has a place for. */
export function unreadColumns(row: object): string[] {
  return Object.keys(row).filter((name) => ![...known, ...scoreColumns].includes(aliases[name] ?? name));
}

/** A row of a table of labels: layer or sae, feature, label, and what else is known. Throws UserError on a malformed one. */
export function tableRow(row: object, place: string): FoundLabel {
  const cells = new Map(Object.entries(row).map(([name, value]): [string, unknown] => [aliases[name] ?? name, value]));
  for (const name of ['feature', 'label']) {
    if (!cells.has(name))
      throw new UserError(`missing column ${name}: there are ${[...cells.keys()].join(', ')} (${place})`);
  }
  const label = textCell(cells.get('label'), 'label', place);
  if (label === null) return { left: 'without a text' };
  const sae = textCell(cells.get('sae'), 'sae', place);
  const entry = {
    sae,
    layer: wholeCell(cells.get('layer'), 'layer', place),
    feature: required(wholeCell(cells.get('feature'), 'feature', place), 'feature', place),
    label,
    author: textCell(cells.get('author'), 'author', place),
    model: textCell(cells.get('model'), 'model', place),
    source: textCell(cells.get('source'), 'source', place),
    scores: scoresOf(cells, place),
  };
  return { entry, place };
}

function scoresOf(cells: ReadonlyMap<string, unknown>, place: string): LabelScore[] {
  const [value, low, high] = ['score', 'score_low', 'score_high'].map((name) =>
    numberCell(cells.get(name), name, place),
  );
  if (value === null || value === undefined) return [];
  if ((low ?? -Infinity) > value || (high ?? Infinity) < value) {
    throw new UserError(`score is ${value}, expected it within ${low} and ${high} (${place})`);
  }
  const kind = textCell(cells.get('score_kind'), 'score_kind', place) ?? 'score';
  return [{ kind: scoreKind(kind), value, low: low ?? null, high: high ?? null }];
}

/** The names by which others call Delphi's scores. */
export function scoreKind(name: string): string {
  if (/fuzz/i.test(name)) return 'fuzzing';
  return /^(eleuther_)?(recall|detection)/i.test(name) ? 'detection' : name;
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'string' && value.trim() === '');

/** A text; a number in its place, as of an SAE that is called by its layer, is one too. */
function textCell(value: unknown, name: string, place: string): string | null {
  if (isEmpty(value)) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw new UserError(`${name} is ${JSON.stringify(value)}, expected a text (${place})`);
}

function numberCell(value: unknown, name: string, place: string): number | null {
  if (isEmpty(value) || (typeof value === 'string' && /^nan$/i.test(value.trim()))) return null;
  const number = ['string', 'number', 'bigint'].includes(typeof value) ? Number(value) : Number.NaN;
  if (Number.isFinite(number)) return number;
  if (typeof value === 'number') return null;
  throw new UserError(`${name} is ${JSON.stringify(value)}, expected a number (${place})`);
}

function wholeCell(value: unknown, name: string, place: string): number | null {
  const number = numberCell(value, name, place);
  if (number === null || (Number.isSafeInteger(number) && number >= 0)) return number;
  throw new UserError(`${name} is ${number}, expected a whole number of at least 0 (${place})`);
}

function required(value: number | null, name: string, place: string): number {
  if (value === null) throw new UserError(`${name} is empty, expected a number (${place})`);
  return value;
}
