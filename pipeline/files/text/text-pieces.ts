/** From here on a text is cut at the next space between letters, or, where none comes soon, at the next white space … */
const pieceCharacters = 1 << 20;
/** … and without any up to here, where letters or digits end; a longer word yet is cut here. */
const maxPieceCharacters = 1 << 21;
const windowCharacters = 1 << 16;
const wordEnds = /[\p{L}\p{N}](?=[^\s\p{L}\p{N}\p{M}'\u2019])/gu;

/**
 * A text in pieces of one or two million characters, so that one of any length takes bounded memory. It is cut before
 * a space between two letters, where no word of any tokenizer's pattern goes across; where none comes soon, before white
 * space that follows something else; without that, after letters or digits; and inside a word only when that alone is
 * longer than a piece. How `texts` is divided does not matter.
 */
export async function* textPieces(texts: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let pending = '';
  let looked = pieceCharacters; // there is no place to cut from pieceCharacters up to here
  for await (const text of texts) {
    pending += text;
    for (let cut = firstCut(pending, looked); cut > 0; cut = firstCut(pending, looked)) {
      yield pending.slice(0, cut);
      pending = pending.slice(cut);
      looked = pieceCharacters;
    }
    looked = Math.max(looked, pending.length);
  }
  yield pending;
}

/** Where the first piece ends, 0 while it may go on. */
function firstCut(text: string, from: number): number {
  const soon = Math.min(text.length - 1, pieceCharacters + windowCharacters);
  for (let i = Math.max(pieceCharacters, from - 1); i < soon; i++) {
    if (text.charCodeAt(i) === 0x20 && isLetter(text.charCodeAt(i - 1)) && isLetter(text.charCodeAt(i + 1))) return i;
  }
  if (soon < pieceCharacters + windowCharacters) return 0;
  const last = Math.min(text.length, maxPieceCharacters);
  for (let i = pieceCharacters; i < last; i++) {
    if (isSpace(text.charCodeAt(i)) && !isSpace(text.charCodeAt(i - 1))) return i;
  }
  return text.length > maxPieceCharacters ? forcedCut(text) : 0;
}

function forcedCut(text: string): number {
  const start = maxPieceCharacters - windowCharacters;
  let cut = maxPieceCharacters - (isHighSurrogate(text.charCodeAt(maxPieceCharacters - 1)) ? 1 : 0);
  for (const { index, 0: last } of text.slice(start, cut).matchAll(wordEnds)) cut = start + index + last.length;
  return cut;
}

const isLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code < 0xdc00;

/** What `\s` matches, a code unit at a time. */
function isSpace(code: number): boolean {
  if (code < 0x1680) return code === 0x20 || (code >= 9 && code <= 13) || code === 0xa0;
  if (code < 0x2030) return code === 0x1680 || (code >= 0x2000 && code <= 0x200a) || isLineOrNarrow(code);
  return code === 0x205f || code === 0x3000 || code === 0xfeff;
}

const isLineOrNarrow = (code: number): boolean => code === 0x2028 || code === 0x2029 || code === 0x202f;
