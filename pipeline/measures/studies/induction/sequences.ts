import { formatCount } from '../../../effects/pace.ts';
import type { Model } from '../../../model/model.ts';
import { least } from '../../../numbers/extremes.ts';
import { longestPrefix, type RepeatedPrefix, repeatedPrefix } from './maths/repeated-prefix.ts';

export const design = {
  /** Prefixes of 1 to so many tokens. */
  prefixes: 9,
  /** Different sequences of each. */
  examples: 400,
  /** Tokens of a sequence, BOS included. */
  length: 64,
} as const;

export interface Sequences {
  /** Tokens of each sequence. */
  readonly length: number;
  /** The longest prefix. */
  readonly prefixes: number;
  /** By length of the prefix, from 1 on. */
  readonly byPrefix: readonly (readonly RepeatedPrefix[])[];
  /** Where the model left no room for the design. */
  readonly notes: readonly string[];
}

/** What the design's sequences are in a model of a context and so many ordinary tokens. */
export function sequenceShape(
  { config }: Pick<Model, 'config'>,
  ordinary: Int32Array,
): Pick<Sequences, 'length' | 'prefixes'> {
  const length = Math.min(design.length, config.nContext, ordinary.length + 2);
  return { length, prefixes: Math.max(0, Math.min(design.prefixes, longestPrefix(length))) };
}

/** So many sequences of each prefix, or as much of them as the model's context and vocabulary have room for. */
export function sequencesFor(
  model: Pick<Model, 'config'>,
  ordinary: Int32Array,
  seed: number,
  wanted: number = design.examples,
): Sequences {
  const { config } = model;
  const { length, prefixes } = sequenceShape(model, ordinary);
  const byPrefix = Array.from({ length: prefixes }, (_, i) =>
    different(wanted, (example) =>
      repeatedPrefix({ bos: config.bosTokenId, ordinary, length, prefix: i + 1, seed, example }),
    ),
  );
  return {
    length,
    prefixes,
    byPrefix,
    notes: shortfalls({ length, byPrefix, wanted }, config.nContext, ordinary.length),
  };
}

/** Up to `wanted` sequences of which no two are the same; four times as many are tried. */
function different(wanted: number, make: (example: number) => RepeatedPrefix): RepeatedPrefix[] {
  const found = new Map<string, RepeatedPrefix>();
  for (let example = 0; found.size < wanted && example < 4 * wanted; example++) {
    const sequence = make(example);
    found.set(sequence.tokens.join(), sequence);
  }
  return [...found.values()];
}

function shortfalls(
  { length, byPrefix, wanted }: Pick<Sequences, 'length' | 'byPrefix'> & { readonly wanted: number },
  nContext: number,
  ordinary: number,
): string[] {
  const room = `a context of ${formatCount(nContext)} tokens and ${formatCount(ordinary)} ordinary tokens`;
  const fewest = least(
    byPrefix.map((examples) => examples.length),
    wanted,
  );
  return [
    ...(length < design.length ? [`sequences of ${length} tokens, not ${design.length}: the model has ${room}`] : []),
    ...(byPrefix.length < design.prefixes
      ? [`prefixes of at most ${byPrefix.length} tokens, not ${design.prefixes}: the model has ${room}`]
      : []),
    ...(fewest < wanted
      ? [`as few as ${fewest} different sequences of a prefix, not ${wanted}: the model has ${room}`]
      : []),
  ];
}
