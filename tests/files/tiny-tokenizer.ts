import { byteLevel } from '../../pipeline/files/tokenizer/token-bytes.ts';

/** Byte-level vocabulary of the 256 bytes (id = byte), a few merges and the end of text, as GPT-2's files have them. */
const merges = ['h e', 'l l', 'he ll', 'hell o', 'Ġ hello', 'Ġ w', 'a a', 'aa aa', 'æ ĸ'];
const merged = merges.map((merge) => merge.replace(' ', ''));

function byteCharacter(byte: number): string {
  // byteLevel speaks UTF-8; the bytes from 128 on are taken from two-byte characters.
  if (byte < 0x80) return byteLevel(String.fromCharCode(byte));
  const printable = byte > 160 && byte !== 173;
  return printable ? String.fromCharCode(byte) : String.fromCharCode(byte === 173 ? 256 + 67 : 256 + 33 + byte - 127);
}

export const vocab: Readonly<Record<string, number>> = Object.fromEntries(
  [...Array.from({ length: 256 }, (_, byte) => byteCharacter(byte)), ...merged, '<|endoftext|>'].map((token, id) => [
    token,
    id,
  ]),
);

export const endOfText = 256 + merges.length;

export const vocabFiles = { 'vocab.json': vocab, 'merges.txt': `#version: 0.2\n${merges.join('\n')}\n` };

const byteLevelJson = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };

export const tokenizerJson = {
  version: '1.0',
  added_tokens: [
    {
      id: endOfText,
      content: '<|endoftext|>',
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    },
  ],
  normalizer: null,
  pre_tokenizer: byteLevelJson,
  post_processor: byteLevelJson,
  decoder: byteLevelJson,
  model: { type: 'BPE', vocab, merges },
};
