import { UserError } from '../core/user-error.ts';
import { maxDocumentBytes } from './byte-stream.ts';
import { decodeLine, withoutBom } from './text-decoding.ts';

const newline = 10;

/** A file's lines, each decoded whole: a line may be far longer than a piece. */
export async function* lines(pieces: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<string> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let line = 1;
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, start)) {
      yield finish([...pending, piece.subarray(start, end)], line++);
      pending = [];
      pendingBytes = 0;
      start = end + 1;
    }
    if (start < piece.length) pending.push(piece.subarray(start));
    pendingBytes += piece.length - start;
    if (pendingBytes > maxDocumentBytes) {
      throw new UserError(`line too long: over ${maxDocumentBytes} bytes (${path}:${line})`);
    }
  }
  if (pending.length > 0) yield finish(pending, line);
}

function finish(parts: readonly Uint8Array[], line: number): string {
  const [only] = parts;
  const text = decodeLine(parts.length === 1 && only ? only : Buffer.concat(parts));
  return line === 1 ? withoutBom(text) : text;
}
