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

/** The bit of a kind in a set of kinds. */
export const bitOf = (kind: ReadingKind): number => 1 << readingKinds.indexOf(kind);

const induction = bitOf('induction');
const duplicate = bitOf('duplicate token');
const succession = bitOf('succession');
const copying = bitOf('copying');
const previous = bitOf('previous token');
const current = bitOf('current token');
const bos = bitOf('BOS');

export interface Surroundings {
  /** Token classes of the context, 0 … t at least. */
  readonly classes: ArrayLike<number>;
  /** t, from 1. */
  readonly position: number;
  readonly promoted: PromotedTokens;
  readonly succession: SuccessionTable;
}

/** Tells of the sources of one destination what they are to it: millions of them a layer, hence sets as bits. */
export class SourceKinds {
  readonly #classes: ArrayLike<number>;
  readonly #position: number;
  readonly #promoted: ReadonlySet<number>;
  readonly #followed: ReadonlySet<number>;
  readonly #preceded: ReadonlySet<number>;

  constructor({ classes, position, promoted, succession }: Surroundings) {
    this.#classes = classes;
    this.#position = position;
    this.#promoted = promoted.clear;
    this.#followed = neighboursOf(promoted, succession.previous);
    this.#preceded = neighboursOf(promoted, succession.next);
  }

  /**
   * The kinds of a source s, one bit each. Induction: token s − 1 is token t, after BOS, s before t. Duplicate: token s is
   * token t, s before t. Copying: the feature clearly promotes token s. Succession: it does what follows token s in a
   * series, and more than token s.
   */
  of(s: number): number {
    if (s === 0) return bos;
    const t = this.#position;
    const classes = this.#classes;
    const own = classes[s];
    const promoted = (this.#followed.has(own) ? succession : 0) | (this.#promoted.has(own) ? copying : 0);
    if (s === t) return promoted | current;
    return (
      promoted |
      (s >= 2 && classes[s - 1] === classes[t] ? induction : 0) |
      (own === classes[t] ? duplicate : 0) |
      (s === t - 1 ? previous : 0)
    );
  }

  /** Whether a feature promotes what goes before token s in a series: as often as what follows, where it knows no order. */
  isReversed(s: number): boolean {
    return s > 0 && this.#preceded.has(this.#classes[s]);
  }
}

/** Token classes that stand in a series beside one that is clearly promoted, and more so than they are. */
function neighboursOf({ effects, clear }: PromotedTokens, beside: SuccessionTable['next']): Set<number> {
  const effect = (token: number) => effects.get(token) ?? 0;
  const neighbours = new Set<number>();
  for (const token of clear) {
    for (const other of beside.get(token) ?? []) if (effect(token) > effect(other)) neighbours.add(other);
  }
  return neighbours;
}
