import { createHash } from 'node:crypto';
import { fileBytes } from './byte-stream.ts';

/** SHA-256 of a file's bytes in lower-case hexadecimal, read in pieces. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of fileBytes(path)) hash.update(piece);
  return hash.digest('hex');
}
