import { Tokenizer as Library } from '@huggingface/tokenizers';
import { UserError } from '../core/user-error.ts';
import { byteLevel, bytesOfByteLevel, bytesOfSentencePiece, displayText } from './token-bytes.ts';
import type { TokenizerJson, TokenizerParts } from './tokenizer-json.ts';
import { cachedWords, gpt2Words, isGpt2Like } from './word-cache.ts';

/** Text to token ids and back. */
export interface Tokenizer {
  /** One more than the highest id. */
  readonly vocabSize: number;
  readonly bosTokenId: number;
  readonly eosTokenId: number;
  /** No special tokens are added; the text of one, such as `<|endoftext|>`, becomes its id, as in GPT-2's own tokenizer. */
  encode(text: string): Int32Array;
  /** The text of the ids; bytes that are no UTF-8 become U+FFFD. */
  decode(ids: Iterable<number>): string;
  tokenBytes(id: number): Uint8Array;
  /** A token for display: UTF-8, with each byte that is none on its own as `\xE6`; no bytes for an unused id. */
  tokenText(id: number): string;
}

/** Where a tokenizer came from, for error texts. */
export interface TokenizerSource {
  readonly file: string;
  readonly folder: string;
}

/** Throws UserError for a kind of tokenizer that is not known, or one without a beginning-of-sequence token. */
export function createTokenizer(parts: TokenizerParts, { file, folder }: TokenizerSource): Tokenizer {
  const library = openLibrary(parts, file);
  const bytes = tokenTable(parts.tokenizer, library);
  const bosTokenId = specialId(library, parts.bosToken ?? parts.eosToken, ['<|endoftext|>', '<s>', '<bos>'], folder);
  const noBytes = new Uint8Array(0);
  const tokenBytes = (id: number) => bytes[id] ?? noBytes;
  return {
    vocabSize: bytes.length,
    bosTokenId,
    eosTokenId: specialId(library, parts.eosToken ?? parts.bosToken, ['<|endoftext|>', '</s>', '<eos>'], folder),
    encode: encoder(parts.tokenizer, library),
    decode: (ids) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(concatenate(Array.from(ids, tokenBytes))),
    tokenBytes,
    tokenText: (id) => displayText(tokenBytes(id)),
  };
}

function openLibrary({ tokenizer, config }: TokenizerParts, file: string): Library {
  try {
    return new Library(tokenizer, config);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`unsupported tokenizer: ${reason} (${file})`);
  }
}

/** The library's own encoding, with each word's ids remembered where words are encoded one by one. */
function encoder(json: TokenizerJson, library: Library): (text: string) => Int32Array {
  const { model } = library;
  if (!model || !isGpt2Like(json)) {
    return (text) => Int32Array.from(library.encode(text, { add_special_tokens: false }).ids);
  }
  const unknown = model.unk_token_id;
  const encodeWord = (word: string) =>
    model.encode([byteLevel(word)]).flatMap((token) => model.tokens_to_ids.get(token) ?? unknown ?? []);
  return cachedWords(gpt2Words(json.added_tokens), encodeWord);
}

function tokenTable(json: TokenizerJson, library: Library): (Uint8Array | undefined)[] {
  const added = new Map(json.added_tokens.map(({ id, content }) => [id, content]));
  const toBytes = usesByteLevel(json) ? bytesOfByteLevel : bytesOfSentencePiece;
  const table: (Uint8Array | undefined)[] = [];
  for (const [token, id] of library.get_vocab()) {
    const content = added.get(id);
    if (typeof token === 'string')
      table[id] = content === undefined ? toBytes(token) : new TextEncoder().encode(content);
  }
  return table;
}

function usesByteLevel(json: TokenizerJson): boolean {
  return JSON.stringify([json.decoder, json.pre_tokenizer]).includes('"ByteLevel"');
}

function specialId(library: Library, named: string | undefined, fallbacks: readonly string[], dir: string): number {
  for (const token of named === undefined ? fallbacks : [named]) {
    const id = library.token_to_id(token);
    if (id !== undefined) return id;
  }
  throw new UserError(`no special token in the vocabulary: expected ${named ?? fallbacks.join(' or ')} (${dir})`);
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
