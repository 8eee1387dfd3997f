import type { ContextFile } from './context-file.ts';
import { evenlySpread } from './spread.ts';

/** A context under its own number in the run. */
export interface NumberedContext {
  readonly context: number;
  readonly tokens: Int32Array;
}

/** Contexts chosen from a run, in the order of the numbers that they carry; nothing else numbers contexts. */
export interface Sample extends Iterable<NumberedContext> {
  /** Contexts chosen. */
  readonly size: number;
  /** Contexts of the run that they were chosen from. */
  readonly of: number;
  /** Tokens of a context. */
  readonly length: number;
  has(context: number): boolean;
}

type Contexts = Pick<ContextFile, 'count' | 'length' | 'tokensOf'>;

/** At most `most` contexts, evenly spread over the whole run: the first of each of as many equal stretches. */
export function spreadSample(contexts: Contexts, most: number): Sample {
  const { count, length } = contexts;
  const size = Math.min(count, Math.max(1, Math.floor(most)));
  const numberOf = (i: number) => Math.floor((i * count) / size);
  const isChosen = new Uint8Array(count);
  for (let i = 0; i < size; i++) isChosen[numberOf(i)] = 1;
  return {
    size,
    of: count,
    length,
    has: (context) => isChosen[context] === 1,
    *[Symbol.iterator]() {
      for (let i = 0; i < size; i++) {
        const context = numberOf(i);
        yield { context, tokens: contexts.tokensOf(context).slice() };
      }
    },
  };
}

/** Spread contexts of about as many tokens, BOS not counted; at least one context. */
export function sampleOfTokens(contexts: Contexts, tokens: number): Sample {
  return spreadSample(contexts, tokens / (contexts.length - 1));
}

export function wholeRun(contexts: Contexts): Sample {
  return spreadSample(contexts, contexts.count);
}

/** At most `most` contexts, evenly spread over a stream whose end is not known before it comes; they are held in memory. */
export async function sampleOfStream(contexts: AsyncIterable<Int32Array>, most: number): Promise<Sample> {
  let of = 0;
  async function* numbered(): AsyncGenerator<NumberedContext> {
    for await (const tokens of contexts) yield { context: of++, tokens };
  }
  const chosen = await evenlySpread(numbered(), most);
  const numbers = new Set(chosen.map(({ context }) => context));
  return {
    size: chosen.length,
    of,
    length: chosen.at(0)?.tokens.length ?? 0,
    has: (context) => numbers.has(context),
    [Symbol.iterator]: () => chosen.values(),
  };
}
