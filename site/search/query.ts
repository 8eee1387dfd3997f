const sortKeys = ['density', 'max_activation', 'top_head_weight', 'feature', 'effect', 'match'] as const;
/** `effect`: size of the logit effect on the token that is looked for; `match`: how well words match. */
export type SortKey = (typeof sortKeys)[number];

/** What the search page is asked for; the URL holds it, so that any view can be linked. */
export interface SearchQuery {
  readonly layer: number | null;
  /** Of a layer that has several. */
  readonly sae: string | null;
  /** Head of greatest weight. */
  readonly head: number | null;
  readonly minDensity: number | null;
  readonly maxDensity: number | null;
  readonly family: string | null;
  /** Whether features that never activated are left out. */
  readonly alive: boolean;
  /** Words that a feature's label or summary has, or whose beginnings it has, all of them, case aside; '' asks for none. */
  readonly words: string;
  /** Text within a promoted token, case aside; '' asks for none. Likewise the next two. */
  readonly promoted: string;
  readonly suppressed: string;
  readonly activating: string;
  readonly sort: SortKey;
  readonly descending: boolean;
  /** Counted from 1. */
  readonly page: number;
}

export const defaultQuery: SearchQuery = {
  layer: null,
  sae: null,
  head: null,
  minDensity: null,
  maxDensity: null,
  family: null,
  alive: true,
  words: '',
  promoted: '',
  suppressed: '',
  activating: '',
  sort: 'max_activation',
  descending: true,
  page: 1,
};

export const hasWords = ({ words }: Pick<SearchQuery, 'words'>): boolean => words.trim() !== '';

/** A list is by activation, that of a search for words by how well they match. */
const defaultSort = (query: Pick<SearchQuery, 'words'>): SortKey => (hasWords(query) ? 'match' : defaultQuery.sort);

/** A query with something else asked for: on its first page, and in the usual order where it was in that or has lost its own. */
export function changeQuery(query: SearchQuery, part: Partial<SearchQuery>): SearchQuery {
  const next = { ...query, page: 1, ...part };
  const isUsual = query.sort === defaultSort(query) && query.descending;
  const isLost = next.sort === 'match' && !hasWords(next);
  if (part.sort !== undefined || !(isUsual || isLost)) return next;
  return { ...next, sort: defaultSort(next), descending: true };
}

/** Reads a query from a URL's parameters; what makes no sense there falls back to the default. */
export function parseQuery(params: URLSearchParams): SearchQuery {
  const order = params.get('order');
  const words = params.get('words') ?? '';
  return {
    layer: maybeIndex(params.get('layer')),
    sae: params.get('sae') || null,
    head: maybeIndex(params.get('head')),
    minDensity: maybeShare(params.get('min')),
    maxDensity: maybeShare(params.get('max')),
    family: params.get('family') || null,
    alive: params.get('dead') !== '1',
    words,
    promoted: params.get('promoted') ?? '',
    suppressed: params.get('suppressed') ?? '',
    activating: params.get('activating') ?? '',
    sort: sortKeys.find((key) => key === params.get('sort')) ?? defaultSort({ words }),
    descending: order === 'asc' ? false : order === 'desc' ? true : defaultQuery.descending,
    page: Math.max(1, maybeIndex(params.get('page')) ?? 1),
  };
}

/** The shortest parameters that parseQuery reads back as the same query. */
export function formatQuery(query: SearchQuery): URLSearchParams {
  const entries: [string, string | number | null][] = [
    ['layer', query.layer],
    ['sae', query.sae],
    ['head', query.head],
    ['min', query.minDensity],
    ['max', query.maxDensity],
    ['family', query.family],
    ['dead', query.alive ? null : 1],
    ['words', query.words || null],
    ['promoted', query.promoted || null],
    ['suppressed', query.suppressed || null],
    ['activating', query.activating || null],
    ['sort', query.sort === defaultSort(query) ? null : query.sort],
    ['order', query.descending === defaultQuery.descending ? null : query.descending ? 'desc' : 'asc'],
    ['page', query.page === 1 ? null : query.page],
  ];
  return new URLSearchParams(entries.flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])));
}

function maybeIndex(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function maybeShare(text: string | null): number | null {
  const value = text ? Number(text) : Number.NaN;
  return value >= 0 && value <= 1 ? Math.abs(value) : null; // no −0, which is written as 0
}
