import { createHash } from 'node:crypto';
import { fileBytes } from './byte-stream.ts';

/** SHA-256 of a file's bytes in lower-case hexadecimal, read in pieces. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of fileBytes(path)) hash.update(piece);
  return hash.digest('hex');
}

/** SHA-256 of several files' bytes, one after the other: one hash of a sharded checkpoint. */
export async function sha256Files(paths: readonly string[]): Promise<string> {
  const [only] = paths;
  if (paths.length === 1 && only !== undefined) return sha256File(only);
  const hash = createHash('sha256');
  for (const path of paths) hash.update(await sha256File(path));
  return hash.digest('hex');
}
