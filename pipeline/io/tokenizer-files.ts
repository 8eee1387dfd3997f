import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../core/user-error.ts';
import { type TokenizerJson, type TokenizerParts, tokenizerSchema } from '../formats/tokenizer-json.ts';
import { checkVocabularyIds } from '../formats/vocabulary-ids.ts';
import { pathKind, readJsonFile, readTextFile, requireFolder } from './files.ts';

const tokenName = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)]);
const configSchema = z.looseObject({ bos_token: tokenName.nullish(), eos_token: tokenName.nullish() });
const vocabSchema = z.record(z.string(), z.int().nonnegative());

export interface TokenizerFiles extends TokenizerParts {
  /** The file or files that the tokenizer came from, for hashing. */
  readonly paths: readonly string[];
}

/** vocab.json and merges.txt are Hugging Face's names of GPT-2's files, the others OpenAI's. */
const vocabAndMerges = [
  ['vocab.json', 'merges.txt'],
  ['encoder.json', 'vocab.bpe'],
] as const;

/** Reads tokenizer.json, or makes the same of GPT-2's vocab.json and merges.txt, and tokenizer_config.json if any. */
export async function readTokenizerFiles(dir: string): Promise<TokenizerFiles> {
  await requireFolder(dir, 'tokenizer');
  const { tokenizer, paths } = await readTokenizer(dir);
  const config = await readConfig(join(dir, 'tokenizer_config.json'));
  return { tokenizer, config, bosToken: config.bos_token ?? undefined, eosToken: config.eos_token ?? undefined, paths };
}

async function readTokenizer(dir: string): Promise<{ tokenizer: TokenizerJson; paths: string[] }> {
  const path = join(dir, 'tokenizer.json');
  if ((await pathKind(path)) === 'file') {
    const parsed = tokenizerSchema.safeParse(await readJsonFile(path));
    if (!parsed.success) {
      throw new UserError(`malformed tokenizer: ${parsed.error.issues[0]?.path.join('.') ?? 'unreadable'} (${path})`);
    }
    checkVocabularyIds(parsed.data, path);
    return { tokenizer: parsed.data, paths: [path] };
  }
  for (const [vocabName, mergesName] of vocabAndMerges) {
    const paths = [join(dir, vocabName), join(dir, mergesName)] as const;
    const kinds = await Promise.all(paths.map(pathKind));
    if (kinds.every((kind) => kind === 'file')) {
      return { tokenizer: await fromVocabAndMerges(...paths), paths: [...paths] };
    }
  }
  throw new UserError(`no tokenizer: expected tokenizer.json, or vocab.json and merges.txt (${dir})`);
}

async function readConfig(path: string): Promise<z.infer<typeof configSchema>> {
  if ((await pathKind(path)) !== 'file') return {};
  const parsed = configSchema.safeParse(await readJsonFile(path));
  if (!parsed.success) throw new UserError(`malformed tokenizer config: ${parsed.error.issues[0]?.path} (${path})`);
  return parsed.data;
}

async function fromVocabAndMerges(vocabPath: string, mergesPath: string): Promise<TokenizerJson> {
  const parsed = vocabSchema.safeParse(await readJsonFile(vocabPath));
  if (!parsed.success) throw new UserError(`malformed vocabulary: expected token to id (${vocabPath})`);
  const vocab = parsed.data;
  const lines = (await readTextFile(mergesPath)).split(/\r?\n/);
  const merges = lines.filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version')));
  const malformed = merges.find((line) => line.split(' ').length !== 2);
  if (malformed) throw new UserError(`malformed merge: ${malformed}, expected two tokens (${mergesPath})`);
  const endOfText = vocab['<|endoftext|>'];
  const flags = { special: true, single_word: false, lstrip: false, rstrip: false, normalized: false };
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const tokenizer: TokenizerJson = {
    added_tokens: endOfText === undefined ? [] : [{ id: endOfText, content: '<|endoftext|>', ...flags }],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: { type: 'BPE', vocab, merges, fuse_unk: false, byte_fallback: false },
  };
  checkVocabularyIds(tokenizer, vocabPath);
  return tokenizer;
}
