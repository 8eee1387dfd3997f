import { z } from 'zod';
import type { TokenizerJson } from './tokenizer-json.ts';

const maxWords = 100_000;
const maxWordLength = 64;

/** A word to encode, or an added token's id. */
export type Word = string | number;

/**
 * GPT-2's own division of text into words, which no merge crosses.
 * Source: openai/gpt-2, src/encoder.py, Encoder.pat.
 */
const wordPattern = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

const gpt2Schema = z.looseObject({
  model: z.looseObject({
    type: z.literal('BPE').default('BPE'),
    fuse_unk: z.literal(false).nullish(),
    end_of_word_suffix: z.literal('').nullish(),
    continuing_subword_prefix: z.literal('').nullish(),
  }),
  normalizer: z.null().optional(),
  pre_tokenizer: z.looseObject({
    type: z.literal('ByteLevel'),
    add_prefix_space: z.literal(false).default(false),
    use_regex: z.literal(true).default(true),
  }),
  added_tokens: z.array(
    z.looseObject({ lstrip: z.literal(false).default(false), rstrip: z.literal(false).default(false) }),
  ),
});

/** Whether a tokenizer divides text as GPT-2 does and encodes each word by itself. */
export function isGpt2Like(tokenizer: TokenizerJson): boolean {
  return gpt2Schema.safeParse(tokenizer).success;
}

/** Divides text at added tokens (the longest that fits), then into words. */
export function gpt2Words(addedTokens: TokenizerJson['added_tokens']): (text: string) => Iterable<Word> {
  const ids = new Map(addedTokens.filter(({ content }) => content !== '').map(({ content, id }) => [content, id]));
  const alternatives = [...ids.keys()].sort((a, b) => b.length - a.length).map(escapeForPattern);
  if (alternatives.length === 0) return (text) => text.match(wordPattern) ?? [];
  const splitter = new RegExp(`(${alternatives.join('|')})`);
  return function* words(text) {
    for (const section of text.split(splitter)) {
      const id = ids.get(section);
      if (id !== undefined) yield id;
      else yield* section.match(wordPattern) ?? [];
    }
  };
}

/** An encoder that asks for each short word once, as long as no more than `maxWords` have come. */
export function cachedWords(
  divide: (text: string) => Iterable<Word>,
  encodeWord: (word: string) => readonly number[],
): (text: string) => Int32Array {
  const known = new Map<string, readonly number[]>();
  return (text) => {
    const ids: number[] = [];
    for (const word of divide(text)) {
      if (typeof word === 'number') ids.push(word);
      else for (const id of known.get(word) ?? learn(known, word, encodeWord(word))) ids.push(id);
    }
    return Int32Array.from(ids);
  };
}

function learn(known: Map<string, readonly number[]>, word: string, ids: readonly number[]): readonly number[] {
  if (word.length > maxWordLength) return ids;
  if (known.size >= maxWords) known.clear();
  // A copy: a word cut out of a document would keep the whole document in memory.
  known.set(JSON.parse(JSON.stringify(word)), ids);
  return ids;
}

function escapeForPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
