import { z } from 'zod';
import { addedTokenSchema, newTokenSchema } from './schema.ts';

/** tokenizer.json's content; its parts are read where they are used. */
export const tokenizerSchema = z.looseObject({
  model: z.looseObject({ vocab: z.unknown() }),
  added_tokens: z.array(addedTokenSchema).default([]),
  normalizer: z.unknown().optional(),
  pre_tokenizer: z.unknown().optional(),
  post_processor: z.unknown().optional(),
  decoder: z.unknown().optional(),
});

export type TokenizerJson = z.infer<typeof tokenizerSchema>;

const partsSchema = z.object({
  tokenizer: tokenizerSchema,
  /** Tokens of the files beside tokenizer.json, with the ids that they name. */
  added: z.array(addedTokenSchema),
  /** Tokens that those files name for a purpose, added where they are not yet. */
  special: z.array(newTokenSchema),
  bosToken: z.string().optional(),
  eosToken: z.string().optional(),
});

/** What a tokenizer is made of, wherever its files are. */
export type TokenizerParts = Readonly<z.infer<typeof partsSchema>>;

/** What was written as JSON of TokenizerParts; nothing where it is none. */
export const parseTokenizerParts = (json: unknown): TokenizerParts | undefined => partsSchema.safeParse(json).data;
