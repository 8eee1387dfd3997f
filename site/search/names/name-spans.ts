/** Neighbouring groups of names that are fetched as one, `first` to `last`. */
export interface NameSpan {
  readonly first: number;
  readonly last: number;
}

/** Groups that lie this close are fetched with what is between them: a request costs more. */
const MOST_BETWEEN = 2;

/** Ascending groups as spans. */
export function spansOf(groups: readonly number[]): NameSpan[] {
  const spans: NameSpan[] = [];
  for (const group of groups) {
    const before = spans.at(-1);
    if (before && group - before.last <= MOST_BETWEEN + 1) spans[spans.length - 1] = { ...before, last: group };
    else spans.push({ first: group, last: group });
  }
  return spans;
}
