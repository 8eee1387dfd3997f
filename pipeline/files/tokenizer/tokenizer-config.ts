import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { pathKind, readJsonFile } from '../files.ts';
import type { TokenizerParts } from './tokenizer-json.ts';

/** What the files beside tokenizer.json, or vocab.json and merges.txt, say. */
export interface TokenizerConfig extends Omit<TokenizerParts, 'tokenizer'> {
  /** Whether a space is put before a text; nothing where that is not said. */
  readonly prefixSpace: boolean | undefined;
  /** Whether a table of added tokens, with their flags, is among them. */
  readonly isWhole: boolean;
  readonly paths: readonly string[];
}

const flags = {
  single_word: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
};
const fullToken = z.looseObject({
  content: z.string(),
  ...flags,
  normalized: z.boolean().optional(),
  special: z.boolean().default(false),
});
const tokenName = z.union([z.string(), fullToken]).nullish();
const tokenNames = z.array(z.union([z.string(), fullToken])).nullish();
type TokenName = NonNullable<z.infer<typeof tokenName>>;

const roles = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'] as const;
const rolesSchema = z.looseObject({
  bos_token: tokenName,
  eos_token: tokenName,
  unk_token: tokenName,
  sep_token: tokenName,
  pad_token: tokenName,
  cls_token: tokenName,
  mask_token: tokenName,
  additional_special_tokens: tokenNames,
  extra_special_tokens: z
    .union([tokenNames, z.record(z.string(), z.union([z.string(), fullToken])).transform(Object.values<TokenName>)])
    .nullish(),
});
const configSchema = rolesSchema.extend({
  add_prefix_space: z.boolean().nullish(),
  split_special_tokens: z.literal(false, 'text of special tokens that is split').nullish(),
  added_tokens_decoder: z.record(z.string().regex(/^\d+$/), fullToken).nullish(),
});
const addedSchema = z.record(z.string(), z.int().nonnegative());

/**
 * Reads tokenizer_config.json, and, where that holds no table of added tokens, added_tokens.json and
 * special_tokens_map.json, which count before it. Throws UserError for one that is malformed.
 * Source: huggingface/transformers, tokenization_utils_base.py, from_pretrained.
 */
export async function readTokenizerConfig(dir: string): Promise<TokenizerConfig> {
  const paths: string[] = [];
  const read = async <T>(name: string, schema: z.ZodType<T>, none: unknown): Promise<T> => {
    const path = join(dir, name);
    const isThere = (await pathKind(path)) === 'file';
    if (isThere) paths.push(path);
    const parsed = schema.safeParse(isThere ? await readJsonFile(path) : none);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new UserError(`malformed ${name}: ${issue?.path.join('.')}: ${issue?.message} (${path})`);
  };
  const config = await read('tokenizer_config.json', configSchema, {});
  const isWhole = config.added_tokens_decoder !== undefined && config.added_tokens_decoder !== null;
  const map = isWhole ? {} : await read('special_tokens_map.json', rolesSchema, {});
  const named = { ...config, ...map };
  const special = specialTokens(named);
  const contents = new Set(special.map(({ content }) => content));
  const added = isWhole ? [] : Object.entries(await read('added_tokens.json', addedSchema, {}));
  return {
    prefixSpace: config.add_prefix_space ?? undefined,
    isWhole,
    added: [
      ...Object.entries(config.added_tokens_decoder ?? {}).map(([id, token]) => ({ ...whole(token), id: Number(id) })),
      ...added.map(([content, id]) => ({ ...plain(content, contents.has(content)), id })),
    ].sort((a, b) => a.id - b.id),
    special,
    bosToken: contentOf(named.bos_token),
    eosToken: contentOf(named.eos_token),
    paths,
  };
}

const contentOf = (token: TokenName | null | undefined) => (typeof token === 'object' ? token?.content : token);

function specialTokens(named: z.infer<typeof rolesSchema>) {
  const { additional_special_tokens: additional, extra_special_tokens: extra } = named;
  const tokens = [...roles.map((role) => named[role]), ...(additional ?? []), ...(extra ?? [])];
  return tokens
    .filter((token) => token !== null && token !== undefined)
    .map((token) => (typeof token === 'string' ? plain(token, true) : { ...whole(token), special: true }));
}

function whole(token: z.infer<typeof fullToken>) {
  const { content, single_word, lstrip, rstrip, special } = token;
  return { content, single_word, lstrip, rstrip, special, normalized: token.normalized ?? !special };
}

const plain = (content: string, special: boolean) => ({
  content,
  ...{ single_word: false, lstrip: false, rstrip: false, normalized: !special, special },
});
