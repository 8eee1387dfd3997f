import { UserError } from '../errors/user-error.ts';
import { decodeLine, withoutBom } from './text/text-decoding.ts';

/** The longest line of JSON Lines, and text of a Parquet row, in bytes: each is held in memory several times over. */
export const maxDocumentBytes = 1 << 25;
const newline = 10;

export interface Line {
  readonly text: string;
  /** From 1, empty lines counted. */
  readonly number: number;
  /** The byte that it begins at. */
  readonly offset: number;
}

/** A file's lines but the empty ones, each decoded whole: a line may be far longer than a piece. */
export async function* lines(pieces: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Line> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let number = 1;
  let offset = 0;
  let before = 0; // bytes of earlier pieces
  for await (const piece of pieces) {
    let start = 0;
    while (start < piece.length) {
      if (pendingBytes === 0 && piece[start] === newline) {
        // Passed over at once: a small gzip can hold a thousand million of them.
        number++;
        start++;
        continue;
      }
      const end = piece.indexOf(newline, start);
      const part = piece.subarray(start, end < 0 ? piece.length : end);
      if (pendingBytes === 0) offset = before + start;
      pendingBytes += part.length;
      if (pendingBytes > maxDocumentBytes) {
        throw new UserError(`line too long: over ${maxDocumentBytes} bytes (${path}:${number})`);
      }
      pending.push(part);
      if (end < 0) break;
      yield { text: decoded(pending, number), number, offset };
      pending = [];
      pendingBytes = 0;
      number++;
      start = end + 1;
    }
    before += piece.length;
  }
  if (pendingBytes > 0) yield { text: decoded(pending, number), number, offset };
}

function decoded(parts: readonly Uint8Array[], number: number): string {
  const [only] = parts;
  const text = decodeLine(parts.length === 1 && only ? only : Buffer.concat(parts));
  return number === 1 ? withoutBom(text) : text;
}
