import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';

/** What an SAE was trained on, as far as its config says. */
export interface SaeTraining {
  readonly modelName: string | undefined;
  /** Tokens of a context. */
  readonly contextSize: number | undefined;
  /** Whether its contexts began with a beginning-of-sequence token. */
  readonly prependBos?: boolean | undefined;
  /** Tokens that it was not trained on, by id, or all that its tokenizer calls special. */
  readonly excludedTokens?: 'special' | readonly number[] | undefined;
  /** How its contexts differ from those here, each a line to print. */
  readonly notes: readonly string[];
}

/** What a release says by no config: its model, where known, and its contexts. */
export const trainedOn = (
  modelName: string | undefined,
  contextSize: number | undefined,
  notes: readonly string[] = [],
): SaeTraining => ({ modelName, contextSize, notes });

/** The fields of cfg.json that say so; SAELens 6 has them under `metadata`. */
export const trainingFields = {
  model_name: z.string().nullish(),
  context_size: z.int().positive().nullish(),
  prepend_bos: z.boolean().nullish(),
  seqpos_slice: z.array(z.int().nullable()).nullish(),
  exclude_special_tokens: z.union([z.boolean(), z.array(z.int())]).nullish(),
};
const fields = z.object(trainingFields);

/** Throws UserError for an SAE of some positions alone: its features are defined nowhere else. */
export function saeLensTraining(given: z.infer<typeof fields>, file: string): SaeTraining {
  const { model_name: modelName, context_size: contextSize, seqpos_slice: slice } = given;
  const first = firstPosition(slice ?? [], contextSize ?? Number.POSITIVE_INFINITY);
  if (first === undefined || first > 1) {
    throw new UserError(`unsupported seqpos_slice: ${JSON.stringify(slice)}, expected every position (${file})`);
  }
  const excludedTokens = excludedOf(given.exclude_special_tokens);
  const notes = [
    first === 1
      ? 'trained without position 0 (seqpos_slice); it counts in no statistic, but z is replaced there too'
      : '',
    excludedTokens === undefined
      ? ''
      : `trained without ${nameOf(excludedTokens)} (exclude_special_tokens); they count in no statistic of it, and what it reads there is left as it is`,
  ].filter((note) => note !== '');
  const prependBos = given.prepend_bos ?? undefined;
  return {
    modelName: modelName ?? undefined,
    contextSize: contextSize ?? undefined,
    prependBos,
    excludedTokens,
    notes,
  };
}

function excludedOf(given: z.infer<typeof fields>['exclude_special_tokens']): SaeTraining['excludedTokens'] {
  if (Array.isArray(given)) return given.length > 0 ? given : undefined;
  return given ? 'special' : undefined;
}

const MOST_NAMED = 8;

function nameOf(excluded: 'special' | readonly number[]): string {
  if (excluded === 'special') return 'special tokens';
  return excluded.length > MOST_NAMED ? `${excluded.length} tokens` : `tokens ${excluded.join(', ')}`;
}

/** Where a Python slice of a context begins, if it goes on to the end in steps of 1. */
function firstPosition(slice: readonly (number | null)[], length: number): number | undefined {
  const [start, stop, step] = slice.length < 2 ? [null, slice[0] ?? null, null] : [slice[0], slice[1], slice[2]];
  const from = (at: number) => (at < 0 ? Math.max(0, length + at) : at);
  const toEnd = stop === null || stop === undefined || from(stop) >= length;
  return toEnd && (step ?? 1) === 1 ? from(start ?? 0) : undefined;
}
