import { namesTokenizer, plantedNames } from './ioi-case.ts';

/** A tokenizer's files, in which each of plantedNames, and “and” and “alongside”, is one token behind a space. */
export interface NamesTokenizer {
  /** One more than its highest id. */
  readonly size: number;
  readonly files: Readonly<Record<string, string>>;
}

/** Of bytes; <|endoftext|> begins and ends a text. */
export const byteNames: NamesTokenizer = namesTokenizer;

const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
const added = (content: string, id: number) => ({ id, content, ...flags });
const space = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };

/** Each word is built letter by letter behind its space. */
const words = [...plantedNames, 'and', 'alongside'];
const merges = [...new Set(words.flatMap((word) => Array.from(word, (letter, i) => `▁${word.slice(0, i)} ${letter}`)))];

function sentencePiece(prefixed: boolean): NamesTokenizer {
  const hex = (byte: number) => byte.toString(16).toUpperCase().padStart(2, '0');
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${hex(byte)}>`);
  const letters = [...new Set(`▁${words.join('')}`)];
  const tokens = ['<unk>', '<s>', '</s>', ...bytes, ...letters, ...merges.map((merge) => merge.replace(' ', ''))];
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  const json = {
    added_tokens: ['<unk>', '<s>', '</s>'].map(added),
    normalizer: prefixed ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, space] } : space,
    pre_tokenizer: prefixed
      ? null
      : { type: 'Split', pattern: { String: ' ' }, behavior: 'MergedWithPrevious', invert: false },
    model: { type: 'BPE', vocab, merges, unk_token: '<unk>', fuse_unk: true, byte_fallback: true },
  };
  const config = { bos_token: '<s>', eos_token: '</s>' };
  return {
    size: tokens.length,
    files: { 'tokenizer.json': JSON.stringify(json), 'tokenizer_config.json': JSON.stringify(config) },
  };
}

/** As Llama 2's and Mistral's: ▁ stands for a space, and one is put before every text. */
export const prefixedNames = sentencePiece(true);
/** As Gemma's: ▁ stands for a space, and none is put before a text. */
export const unprefixedNames = sentencePiece(false);

/** A tokenizer that names no beginning of sequence, as Qwen's. */
export const withoutBos = ({ size, files }: NamesTokenizer, endOfText: string): NamesTokenizer => ({
  size,
  files: { ...files, 'tokenizer_config.json': JSON.stringify({ bos_token: null, eos_token: endOfText }) },
});
