import { defaultQuery, type SearchQuery } from './query.ts';

/** A filter that a query could do without. */
export interface SpareFilter {
  readonly name: string;
  /** What takes it out. */
  readonly part: Partial<SearchQuery>;
  /** Features that the others then let through. */
  readonly features: number;
}

const filters: readonly (readonly [name: string, fields: readonly (keyof SearchQuery)[]])[] = [
  ['label or summary', ['words']],
  ['activates on', ['activating']],
  ['promotes', ['promoted']],
  ['suppresses', ['suppressed']],
  ['layer', ['layer', 'sae']],
  ['leading head', ['head']],
  ['density', ['minDensity', 'maxDensity']],
  ['family', ['family']],
];

/** The filters of which one alone keeps a query from finding anything, with what it would find without that; of one filter none. */
export async function withoutOne(
  query: SearchQuery,
  countOf: (query: SearchQuery) => Promise<number>,
): Promise<SpareFilter[]> {
  const set = filters.filter(([, fields]) => fields.some((field) => query[field] !== defaultQuery[field]));
  if (set.length < 2) return [];
  const spare: SpareFilter[] = [];
  for (const [name, fields] of set) {
    const part: Partial<SearchQuery> = Object.fromEntries(fields.map((field) => [field, defaultQuery[field]]));
    const features = await countOf({ ...query, ...part });
    if (features > 0) spare.push({ name, part, features });
  }
  return spare;
}
