import { UserError } from '../../errors/user-error.ts';
import { AddedTokenCutter } from './added-tokens.ts';
import { Bpe, BpeError } from './bpe.ts';
import { normalizing } from './normalize.ts';
import { parseModel, parseNormalizers, parsePreTokenizers } from './parse-parts.ts';
import { PatternError } from './pattern.ts';
import { preTokenizing } from './pre-tokenize.ts';
import type { AddedToken, BpeJson } from './schema.ts';
import { byteLevel } from './token-bytes.ts';

/** Ids of a text, or of one that goes on from an earlier one and so has nothing put in front of it. */
export type Encode = (text: string, goesOn?: boolean) => Int32Array;

/** The parts of tokenizer.json that make ids of text. */
export interface EncoderJson {
  readonly model: unknown;
  readonly normalizer?: unknown;
  readonly pre_tokenizer?: unknown;
}

const [maxWords, maxWordLength] = [100_000, 64];

/**
 * Text to ids: cut at added tokens, normalized, cut at those that are normalized too, divided into words, each a BPE.
 * Source: huggingface/tokenizers, tokenizer/{mod,added_vocabulary}.rs, whose ids these are.
 * Throws UserError for a part that is not known, or cannot be done in linear time.
 */
export function createEncoder(json: EncoderJson, model: BpeJson, added: readonly AddedToken[], file: string): Encode {
  const normalize = named(file, () => normalizing(parseNormalizers(json.normalizer, file)));
  const { words, encodesBytes } = named(file, () => preTokenizing(parsePreTokenizers(json.pre_tokenizer, file)));
  const bpe = named(file, () => new Bpe(bpeOptions(model)));
  const asIs = new AddedTokenCutter(
    added.filter(({ normalized }) => !normalized),
    ({ content }) => content,
  );
  const normalized = new AddedTokenCutter(
    added.filter((token) => token.normalized),
    ({ content }) => normalize(content),
  );
  const encodeWord = remembered((word) => bpe.encode(encodesBytes ? byteLevel(word) : word));
  return (text, goesOn = false) => {
    const ids: number[] = [];
    for (const section of asIs.cut(text.toWellFormed())) {
      if (typeof section === 'number') ids.push(section);
      else {
        const isSame = goesOn && section.begin === 0;
        for (const part of normalized.cut(normalize(section.text, isSame))) {
          if (typeof part === 'number') ids.push(part);
          else {
            const isFirst = section.begin === 0 && part.begin === 0;
            const place = !isFirst ? 'later' : goesOn ? 'goes on' : 'first';
            for (const word of words({ text: part.text, place })) for (const id of encodeWord(word)) ids.push(id);
          }
        }
      }
    }
    return Int32Array.from(ids);
  };
}

/** tokenizer.json's model, with its vocabulary. */
export function readModel(json: unknown, file: string): { model: BpeJson; vocab: Map<string, number> } {
  const model = parseModel(json, file);
  return { model, vocab: new Map(Object.entries(model.vocab)) };
}

function bpeOptions(model: BpeJson) {
  const pairs = model.merges.filter((merge) => typeof merge !== 'string' || !merge.startsWith('#version'));
  return {
    vocab: new Map(Object.entries(model.vocab)),
    merges: pairs.map(pairOf),
    unknown: model.unk_token ?? undefined,
    fuseUnknown: model.fuse_unk,
    byteFallback: model.byte_fallback,
    wholeWords: model.ignore_merges,
    prefix: model.continuing_subword_prefix,
    suffix: model.end_of_word_suffix,
  };
}

function pairOf(merge: string | readonly string[]): readonly [string, string] {
  const [left, right, more] = typeof merge === 'string' ? merge.split(' ') : merge;
  if (left === undefined || right === undefined || more !== undefined)
    throw new BpeError(`malformed merge: ${typeof merge === 'string' ? merge : merge.join()}, expected two tokens`);
  return [left, right];
}

/** Asks for each short word once, as long as no more than `maxWords` have come. */
function remembered(encodeWord: (word: string) => readonly number[]): (word: string) => readonly number[] {
  const known = new Map<string, readonly number[]>();
  return (word) => {
    const found = known.get(word);
    if (found) return found;
    const ids = encodeWord(word);
    if (word.length > maxWordLength) return ids;
    if (known.size >= maxWords) known.clear();
    // A copy: a word cut out of a document would keep the whole document in memory.
    known.set(JSON.parse(JSON.stringify(word)), ids);
    return ids;
  };
}

function named<T>(file: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof PatternError || error instanceof BpeError)
      throw new UserError(`unsupported tokenizer: ${error.message} (${file})`);
    throw error;
  }
}
