import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { pathKind, readJsonFile, readTextFile, requireFolder } from '../files.ts';
import { readTokenizerConfig, type TokenizerConfig } from './tokenizer-config.ts';
import { type TokenizerJson, type TokenizerParts, tokenizerSchema } from './tokenizer-json.ts';
import { checkVocabularyIds } from './vocabulary-ids.ts';

const endOfTextToken = '<|endoftext|>';
const vocabSchema = z.record(z.string(), z.int().nonnegative());

export interface TokenizerFiles extends TokenizerParts {
  /** The files that the tokenizer came from, for hashing. */
  readonly paths: readonly string[];
}

/** vocab.json and merges.txt are Hugging Face's names of GPT-2's files, the others OpenAI's. */
const vocabAndMerges = [
  ['vocab.json', 'merges.txt'],
  ['encoder.json', 'vocab.bpe'],
] as const;

/** Reads tokenizer.json, or makes the same of GPT-2's vocab.json and merges.txt, and what files beside it add. */
export async function readTokenizerFiles(dir: string): Promise<TokenizerFiles> {
  await requireFolder(dir, 'tokenizer');
  const config = await readTokenizerConfig(dir);
  const { tokenizer, paths, mark } = await readTokenizer(dir, config);
  const known = new Map(tokenizer.added_tokens.map((token) => [token.content, token]));
  const added = config.added.map((token) => ({
    ...(config.isWhole ? token : (known.get(token.content) ?? token)),
    id: token.id,
  }));
  const [bosToken, eosToken] = [config.bosToken ?? mark, config.eosToken ?? mark];
  return { tokenizer, added, special: config.special, bosToken, eosToken, paths: [...paths, ...config.paths] };
}

interface ReadTokenizer {
  readonly tokenizer: TokenizerJson;
  readonly paths: readonly string[];
  /** What begins and ends a text unless something else is named. */
  readonly mark?: string;
}

async function readTokenizer(dir: string, { prefixSpace }: TokenizerConfig): Promise<ReadTokenizer> {
  const path = join(dir, 'tokenizer.json');
  if ((await pathKind(path)) === 'file') {
    const parsed = tokenizerSchema.safeParse(await readJsonFile(path));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new UserError(`malformed tokenizer: ${issue?.path.join('.')}: ${issue?.message} (${path})`);
    }
    checkVocabularyIds(parsed.data, path);
    checkPrefixSpace(parsed.data, prefixSpace, path);
    return { tokenizer: parsed.data, paths: [path] };
  }
  for (const [vocabName, mergesName] of vocabAndMerges) {
    const paths = [join(dir, vocabName), join(dir, mergesName)] as const;
    const [vocabPath, mergesPath] = paths;
    const kinds = await Promise.all(paths.map(pathKind));
    if (kinds.every((kind) => kind === 'file')) {
      const tokenizer = await fromVocabAndMerges(vocabPath, mergesPath, prefixSpace ?? false);
      return { tokenizer, paths, ...(tokenizer.added_tokens.length > 0 ? { mark: endOfTextToken } : {}) };
    }
  }
  throw new UserError(`no tokenizer: expected tokenizer.json, or vocab.json and merges.txt (${dir})`);
}

/** Some loaders believe tokenizer_config.json, some tokenizer.json. */
function checkPrefixSpace({ normalizer, pre_tokenizer }: TokenizerJson, expected: boolean | undefined, path: string) {
  const parts = JSON.stringify([normalizer, pre_tokenizer]);
  const found = /"add_prefix_space":true|"prepend_scheme":"(?:always|first)"|"type":"Prepend"/.test(parts);
  if (expected === undefined || expected === found) return;
  throw new UserError(`tokenizer_config.json's add_prefix_space is ${expected}, expected ${found} as in ${path}`);
}

async function fromVocabAndMerges(vocabPath: string, mergesPath: string, prefixSpace: boolean): Promise<TokenizerJson> {
  const parsed = vocabSchema.safeParse(await readJsonFile(vocabPath));
  if (!parsed.success) throw new UserError(`malformed vocabulary: expected token to id (${vocabPath})`);
  const vocab = parsed.data;
  const lines = (await readTextFile(mergesPath)).split(/\r?\n/);
  const merges = lines.filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version')));
  const malformed = merges.find((line) => line.split(' ').length !== 2);
  if (malformed) throw new UserError(`malformed merge: ${malformed}, expected two tokens (${mergesPath})`);
  const endOfText = vocab[endOfTextToken];
  const flags = { special: true, single_word: false, lstrip: false, rstrip: false, normalized: false };
  const byteLevel = { type: 'ByteLevel', add_prefix_space: prefixSpace, trim_offsets: true, use_regex: true };
  const tokenizer: TokenizerJson = {
    added_tokens: endOfText === undefined ? [] : [{ id: endOfText, content: endOfTextToken, ...flags }],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: { type: 'BPE', vocab, merges, fuse_unk: false, byte_fallback: false },
  };
  checkVocabularyIds(tokenizer, vocabPath);
  return tokenizer;
}
