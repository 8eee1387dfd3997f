import { count } from './format.ts';

/** How much was read, as run.json or a table has it. */
export interface Extent {
  readonly contexts: number | bigint;
  readonly tokens: number | bigint;
}

/** What a number was measured on: all of the run's tokens, or a sample of them, and of how many contexts. */
export function sampleText(sample: Extent, run: Extent): string {
  if (Number(sample.contexts) === Number(run.contexts)) return `all ${count(Number(run.tokens))} tokens`;
  return (
    `${count(Number(sample.tokens))} tokens, those of ${count(Number(sample.contexts))} contexts spread evenly over the ` +
    `run’s ${count(Number(run.contexts))}`
  );
}
