import { UserError } from '../../errors/user-error.ts';

/** Of a file's characters, how many may be bytes that are no UTF-8 before it counts as binary. */
const maxInvalidShare = 0.1;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Decodes one line's UTF-8; a stray invalid byte becomes U+FFFD. */
export function decodeLine(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

export function withoutBom(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/**
 * A text file's UTF-8 as it comes, a byte-order mark dropped; a stray invalid byte becomes U+FFFD.
 * Throws UserError for what is no text: NUL bytes, or more than a tenth of it invalid.
 */
export async function* decodedText(bytes: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<string> {
  const checked = checkText(path);
  let isFirst = true;
  for await (const added of decodedPieces(bytes)) {
    yield isFirst ? withoutBom(checked(added)) : checked(added);
    isFirst &&= added === '';
  }
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
