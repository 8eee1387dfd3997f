import { UserError } from '../core/user-error.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Of a file's characters, how many may be bytes that are no UTF-8 before it counts as binary. */
const maxInvalidShare = 0.1;

/**
 * Decodes a text file's UTF-8; a stray invalid byte becomes U+FFFD.
 * Throws UserError for what is no text: NUL bytes, or more than a tenth of it invalid.
 */
export function decodeText(bytes: Uint8Array, path: string): string {
  if (bytes.includes(0)) throw new UserError(`binary file: it holds NUL bytes, expected UTF-8 text (${path})`);
  const text = utf8.decode(bytes);
  const invalid = text.split('\uFFFD').length - 1;
  if (invalid > maxInvalidShare * text.length) {
    throw new UserError(`not UTF-8: ${invalid} of ${text.length} characters are invalid (${path})`);
  }
  return withoutBom(text);
}

/** Decodes one line's UTF-8, invalid bytes as U+FFFD. */
export function decodeLine(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

export function withoutBom(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
