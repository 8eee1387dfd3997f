import { z } from 'zod';

/** tokenizer.json's content, checked as far as it is used here. */
export const tokenizerSchema = z.looseObject({
  model: z.looseObject({ type: z.string().optional(), vocab: z.unknown() }),
  added_tokens: z.array(z.looseObject({ id: z.int().nonnegative(), content: z.string() })).default([]),
  normalizer: z.unknown(),
  pre_tokenizer: z.unknown(),
  post_processor: z.unknown(),
  decoder: z.unknown(),
});

export type TokenizerJson = z.infer<typeof tokenizerSchema>;

/** What a tokenizer is made of, wherever its files are. */
export interface TokenizerParts {
  readonly tokenizer: TokenizerJson;
  readonly config: Readonly<Record<string, unknown>>;
  readonly bosToken?: string | undefined;
  readonly eosToken?: string | undefined;
}

const partsSchema = z.object({
  tokenizer: tokenizerSchema,
  config: z.record(z.string(), z.unknown()),
  bosToken: z.string().optional(),
  eosToken: z.string().optional(),
});

/** What was written as JSON of TokenizerParts; nothing where it is none. */
export const parseTokenizerParts = (json: unknown): TokenizerParts | undefined => partsSchema.safeParse(json).data;
