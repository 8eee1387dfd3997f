import { UserError } from '../../errors/user-error.ts';
import { AddedVocabulary } from './added-vocabulary.ts';
import { createEncoder, readModel } from './encoder.ts';
import { decideMarks, type TextMarks } from './text-marks.ts';
import { bytesOfByteLevel, bytesOfSentencePiece, displayText } from './token-bytes.ts';
import { tokenInFront } from './token-in-front.ts';
import type { TokenizerJson, TokenizerParts } from './tokenizer-json.ts';

/** Text to token ids and back. */
export interface Tokenizer extends TextMarks {
  /** One more than the highest id. */
  readonly vocabSize: number;
  /** What of its files contradicts what, and which was followed. */
  readonly notes: readonly string[];
  /**
   * No special tokens are added; the text of one, such as `<|endoftext|>`, becomes its id, as in GPT-2's own tokenizer.
   * A text that goes on from another has no space put in front, where a tokenizer puts one before a text.
   */
  encode(text: string, goesOn?: boolean): Int32Array;
  /** The text of the ids; bytes that are no UTF-8 become U+FFFD. */
  decode(ids: Iterable<number>): string;
  tokenBytes(id: number): Uint8Array;
  /** Tokens that are no text: those that its files call special, and the marks of a text's beginning and end. */
  readonly specialTokenIds: ReadonlySet<number>;
  /** A token for display: UTF-8, with each byte that is none on its own as `\xE6`; no bytes for an unused id. */
  tokenText(id: number): string;
}

/** Where a tokenizer came from, for error texts. */
export interface TokenizerSource {
  readonly file: string;
  readonly folder: string;
}

/**
 * A tokenizer whose ids are those of Hugging Face's `tokenizers`; `model` is what config.json says of its marks.
 * Throws UserError for a part that is not known, or one without a beginning-of-sequence token.
 */
export function createTokenizer(
  parts: TokenizerParts,
  { file, folder }: TokenizerSource,
  model: Partial<TextMarks> = {},
): Tokenizer {
  const { tokenizer } = parts;
  const { model: bpe, vocab } = readModel(tokenizer.model, file);
  const added = addTokens(parts, vocab, file);
  const bytes = tokenTable(tokenizer, vocab, added);
  const vocabulary = {
    idOf: (token: string) => added.idOf(token),
    textOf: (id: number) => (bytes[id] ? displayText(bytes[id]) : undefined),
  };
  const { bosToken, eosToken } = parts;
  const sources = { bosToken, eosToken, tokenInFront: tokenInFront(tokenizer.post_processor), model };
  const noBytes = new Uint8Array(0);
  const tokenBytes = (id: number) => bytes[id] ?? noBytes;
  const marks = decideMarks(sources, vocabulary, folder);
  const special = added.tokens.filter((token) => token.special);
  return {
    vocabSize: bytes.length,
    ...marks,
    specialTokenIds: new Set([...special.map(({ id }) => id), marks.bosTokenId, marks.eosTokenId]),
    encode: createEncoder(tokenizer, bpe, added.tokens, file),
    decode: (ids) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(concatenate(Array.from(ids, tokenBytes))),
    tokenBytes,
    tokenText: (id) => displayText(tokenBytes(id)),
  };
}

/** Throws UserError where a token's id is another than the one that it gets when it is added. */
function addTokens({ tokenizer, added, special }: TokenizerParts, vocab: ReadonlyMap<string, number>, file: string) {
  const vocabulary = new AddedVocabulary(vocab);
  for (const { id, ...token } of [...tokenizer.added_tokens, ...added]) {
    const given = vocabulary.add(token);
    if (given === undefined || given === id) continue;
    throw new UserError(`added token ${JSON.stringify(token.content)} has id ${id}, expected ${given} (${file})`);
  }
  for (const token of special) if (!vocabulary.has(token.content)) vocabulary.add(token);
  return vocabulary;
}

function tokenTable(json: TokenizerJson, vocab: ReadonlyMap<string, number>, { tokens }: AddedVocabulary) {
  const toBytes = usesByteLevel(json) ? bytesOfByteLevel : bytesOfSentencePiece;
  const table: (Uint8Array | undefined)[] = [];
  for (const [token, id] of vocab) table[id] = toBytes(token);
  for (const { id, content } of tokens) table[id] = new TextEncoder().encode(content);
  return table;
}

function usesByteLevel(json: TokenizerJson): boolean {
  return JSON.stringify([json.decoder, json.pre_tokenizer]).includes('"ByteLevel"');
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
