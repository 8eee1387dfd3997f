/** What a strip's tokens are shaded by. */
export interface Shade {
  readonly values: ArrayLike<number>;
  /** The value that gets the strongest shade. */
  readonly largest: number;
  /** What the shade means, in words. */
  readonly meaning: string;
}
