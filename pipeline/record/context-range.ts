/** Contexts of a run, by their numbers. */
export interface ContextRange {
  readonly first: number;
  readonly count: number;
}
