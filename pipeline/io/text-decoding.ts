import { UserError } from '../core/user-error.ts';
import { maxDocumentBytes } from './byte-stream.ts';

/** Of a file's characters, how many may be bytes that are no UTF-8 before it counts as binary. */
const maxInvalidShare = 0.1;
const pieceCharacters = 1 << 20;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Decodes one line's UTF-8; a stray invalid byte becomes U+FFFD. */
export function decodeLine(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

export function withoutBom(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/**
 * A text file's UTF-8 in pieces of about a million characters, cut before white space that follows something else,
 * where no word of a tokenizer goes across; a stray invalid byte becomes U+FFFD.
 * Throws UserError for what is no text: NUL bytes, or more than a tenth of it invalid.
 */
export async function* textPieces(bytes: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<string> {
  const checked = checkText(path);
  let pending = '';
  let isFirst = true;
  for await (const added of decodedPieces(bytes)) {
    const from = pending.length;
    pending += isFirst ? withoutBom(checked(added)) : checked(added);
    isFirst &&= added === '';
    const cut = pending.length < pieceCharacters ? 0 : lastCut(pending, from);
    if (cut > 0) yield pending.slice(0, cut);
    pending = pending.slice(cut);
    if (pending.length > maxDocumentBytes)
      throw new UserError(`no white space in ${pending.length} characters (${path})`);
  }
  yield pending;
}

async function* decodedPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const piece of bytes) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

function checkText(path: string): (text: string) => string {
  let characters = 0;
  let invalid = 0;
  return (text) => {
    if (text.includes('\0')) throw new UserError(`binary file: it holds NUL bytes, expected UTF-8 text (${path})`);
    characters += text.length;
    invalid += text.split('\uFFFD').length - 1;
    if (invalid <= maxInvalidShare * characters) return text;
    throw new UserError(`not UTF-8: ${invalid} of ${characters} characters are invalid (${path})`);
  };
}

/** The last place from `from` on where white space begins, 0 if there is none. */
function lastCut(text: string, from: number): number {
  for (let i = text.length - 1; i >= Math.max(1, from); i--) {
    if (/\s/.test(text.charAt(i)) && /\S/.test(text.charAt(i - 1))) return i;
  }
  return 0;
}
