import { z } from 'zod';

/** An object of known fields; one that is not known may be there where it says nothing. */
function fields<T extends z.ZodRawShape>(shape: T) {
  return z.looseObject(shape).superRefine((value, context) => {
    for (const [name, content] of Object.entries(value)) {
      if (name in shape || content === null || content === false || content === '') continue;
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `unknown field, ${JSON.stringify(content).slice(0, 80)}`,
      });
    }
  });
}

const flag = (fallback: boolean) =>
  z
    .boolean()
    .nullish()
    .transform((value) => value ?? fallback);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

/** A text to look for, as it is or as a regular expression. */
const pattern = z.union([
  fields({ String: z.string().min(1) }).transform(({ String: text }): PatternJson => ({ kind: 'text', source: text })),
  fields({ Regex: z.string() }).transform(({ Regex: regex }): PatternJson => ({ kind: 'regex', source: regex })),
]);
export interface PatternJson {
  readonly kind: 'text' | 'regex';
  readonly source: string;
}

/** An added token of tokenizer.json, or of a table of them in tokenizer_config.json. */
const tokenFields = {
  content: z.string().max(256),
  single_word: z.boolean(),
  lstrip: z.boolean(),
  rstrip: z.boolean(),
  normalized: z.boolean(),
  special: z.boolean(),
};
export const newTokenSchema = fields(tokenFields);
export const addedTokenSchema = fields({
  id: z.int().nonnegative(),
  ...tokenFields,
});
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Only between what is of no word. */
  readonly single_word: boolean;
  /** With the white space on its left, or right. */
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Looked for in the text that is normalized. */
  readonly normalized: boolean;
  readonly special: boolean;
}

const splitBehaviours = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'] as const;
export type SplitBehaviour = (typeof splitBehaviours)[number];

export const normalizerSchemas = {
  NFC: fields({ type: z.literal('NFC') }),
  NFD: fields({ type: z.literal('NFD') }),
  NFKC: fields({ type: z.literal('NFKC') }),
  NFKD: fields({ type: z.literal('NFKD') }),
  Lowercase: fields({ type: z.literal('Lowercase') }),
  Prepend: fields({ type: z.literal('Prepend'), prepend: z.string() }),
  Replace: fields({ type: z.literal('Replace'), pattern, content: z.string() }),
} as const;
export type NormalizerJson = z.infer<(typeof normalizerSchemas)[keyof typeof normalizerSchemas]>;

export const preTokenizerSchemas = {
  ByteLevel: fields({
    type: z.literal('ByteLevel'),
    add_prefix_space: z.boolean(),
    trim_offsets: z.boolean(),
    use_regex: flag(true),
  }),
  Split: fields({ type: z.literal('Split'), pattern, behavior: z.enum(splitBehaviours), invert: z.boolean() }),
  Metaspace: fields({
    type: z.literal('Metaspace'),
    replacement: z.string().regex(/^.$/su),
    add_prefix_space: z.boolean().nullish(),
    prepend_scheme: z.enum(['always', 'first', 'never']).default('always'),
    str_rep: z.string().nullish(),
    split: flag(true),
  }).refine((part) => part.add_prefix_space !== false || part.prepend_scheme === 'never', {
    path: ['add_prefix_space'],
    message: 'false contradicts prepend_scheme',
  }),
  Digits: fields({ type: z.literal('Digits'), individual_digits: z.boolean() }),
  Whitespace: fields({ type: z.literal('Whitespace') }),
  WhitespaceSplit: fields({ type: z.literal('WhitespaceSplit') }),
} as const;
export type PreTokenizerJson = z.infer<(typeof preTokenizerSchemas)[keyof typeof preTokenizerSchemas]>;

export const modelSchemas = {
  BPE: fields({
    type: z.literal('BPE').nullish(),
    vocab: z.record(
      z.string(),
      z
        .int()
        .nonnegative()
        .lt(2 ** 26),
    ),
    merges: z.array(z.union([z.string(), z.array(z.string()).length(2)])),
    dropout: z.literal(0, 'merges left out at random').nullish(),
    unk_token: z.string().nullish(),
    continuing_subword_prefix: text,
    end_of_word_suffix: text,
    fuse_unk: flag(false),
    byte_fallback: flag(false),
    ignore_merges: flag(false),
  }),
} as const;
export type BpeJson = z.infer<typeof modelSchemas.BPE>;
