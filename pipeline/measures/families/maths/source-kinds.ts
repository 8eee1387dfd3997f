import type { PromotedTokens } from './promoted-tokens.ts';
import type { SuccessionTable } from './succession.ts';

/** What a source is to the destination; a source may be of several kinds, or of none. */
export const readingKinds = [
  'induction',
  'duplicate token',
  'succession',
  'copying',
  'previous token',
  'current token',
  'BOS',
] as const;
export type ReadingKind = (typeof readingKinds)[number];

export interface Surroundings {
  /** Token classes of the context, 0 … t at least. */
  readonly classes: ArrayLike<number>;
  /** t, from 1. */
  readonly position: number;
  readonly promoted: PromotedTokens;
  readonly succession: SuccessionTable;
}

/**
 * The kinds of a source s. Induction: token s − 1 is token t, after BOS, s before t. Duplicate: token s is token t, s
 * before t. Copying: the feature clearly promotes token s. Succession: it does what follows token s in a series, and more
 * than token s.
 */
export function kindsOf(around: Surroundings, s: number): ReadingKind[] {
  const { classes, position: t, promoted, succession } = around;
  if (s === 0) return ['BOS'];
  const own = classes[s];
  const kinds: ReadingKind[] = [];
  if (promotesAnyOf(succession.next.get(own), own, promoted)) kinds.push('succession');
  if (promoted.clear.has(own)) kinds.push('copying');
  if (s === t) return [...kinds, 'current token'];
  if (s >= 2 && classes[s - 1] === classes[t]) kinds.push('induction');
  if (own === classes[t]) kinds.push('duplicate token');
  if (s === t - 1) kinds.push('previous token');
  return kinds;
}

/** Whether a feature promotes what goes before token s in a series: as often as what follows, where it knows no order. */
export function isReversed({ classes, promoted, succession }: Surroundings, s: number): boolean {
  const own = classes[s];
  return s > 0 && promotesAnyOf(succession.previous.get(own), own, promoted);
}

/** Whether one of some tokens is clearly promoted, and more so than another token. */
function promotesAnyOf(
  tokens: readonly number[] | undefined,
  than: number,
  { effects, clear }: PromotedTokens,
): boolean {
  if (tokens === undefined) return false;
  const least = effects.get(than) ?? 0;
  return tokens.some((token) => clear.has(token) && (effects.get(token) ?? 0) > least);
}
