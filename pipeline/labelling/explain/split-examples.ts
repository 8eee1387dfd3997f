import type { ExampleRow } from '../../measures/statistics/table.ts';
import { greatest } from '../../numbers/extremes.ts';

/** Tokens up to the peak by which two examples are the same text. */
const sameText = 9;

export interface SplitExamples {
  readonly shown: readonly ExampleRow[];
  readonly heldOut: readonly ExampleRow[];
}

/**
 * Deals a feature's examples into those that the explainer is shown and those that a label is scored on: of the top ones
 * and of each interval every second one, from the strongest. Held out is only what is of another context and another text
 * than anything shown. Both lists go through top and intervals in turn, so that a part of one is of all activations.
 */
export function splitExamples(
  examples: readonly ExampleRow[],
  most: { shown: number; heldOut: number },
): SplitExamples {
  const distinct = distinctTexts(examples);
  const groups = [...Map.groupBy(distinct, ({ interval }) => interval)].toSorted(([a], [b]) => a - b);
  const deal = (part: number) => inTurn(groups.map(([, own]) => own.filter((_, i) => i % 2 === part)));
  const shown = deal(0).slice(0, most.shown);
  const contexts = new Set(shown.map(({ context }) => context));
  const others = [...deal(1), ...deal(0).slice(most.shown)];
  return { shown, heldOut: others.filter(({ context }) => !contexts.has(context)).slice(0, most.heldOut) };
}

function distinctTexts(examples: readonly ExampleRow[]): ExampleRow[] {
  return [...new Map(examples.toReversed().map((example) => [textKey(example), example])).values()].toReversed();
}

function textKey({ token_ids, position, window_start }: ExampleRow): string {
  const peak = position - window_start;
  return token_ids.subarray(Math.max(0, peak - sameText + 1), peak + 1).join(' ');
}

/** The first of each list, then the second of each, and so on. */
function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const turns = greatest(
    lists.map((list) => list.length),
    0,
  );
  return Array.from({ length: turns }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat();
}
