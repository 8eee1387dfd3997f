import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { UserError } from '../errors/user-error.ts';
import { readExactly } from './files.ts';
import type { PackedEntry } from './zip.ts';

const pieceBytes = 1 << 20;

/** The first bytes of a deflated entry: at least those of as many packed ones. Throws UserError where they are damaged. */
export async function inflateBeginning(
  handle: FileHandle,
  path: string,
  { start, packedBytes }: PackedEntry,
  most: number,
): Promise<Uint8Array> {
  const packed = new Uint8Array(Math.min(most, packedBytes));
  await readExactly(handle, path, packed, start);
  try {
    return inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw damaged(path, error);
  }
}

/** A deflated entry whole. Throws UserError where it is damaged, or not of the length and checksum that the directory says. */
export async function inflateEntry(handle: FileHandle, path: string, entry: PackedEntry): Promise<Uint8Array> {
  const bytes = new Uint8Array(entry.bytes);
  let filled = 0;
  await pipeline(Readable.from(pieces(handle, path, entry)), createInflateRaw(), async (inflated) => {
    for await (const chunk of inflated) {
      if (filled + chunk.length > bytes.length) throw damaged(path, `more than ${bytes.length} bytes`);
      bytes.set(chunk, filled);
      filled += chunk.length;
    }
  }).catch((error: unknown) => {
    throw error instanceof UserError ? error : damaged(path, error);
  });
  if (filled < bytes.length) throw damaged(path, `${filled} bytes, expected ${bytes.length}`);
  if (crc32(bytes) !== entry.crc) throw damaged(path, 'another checksum');
  return bytes;
}

async function* pieces(handle: FileHandle, path: string, { start, packedBytes }: PackedEntry) {
  for (let at = 0; at < packedBytes; at += pieceBytes) {
    const piece = new Uint8Array(Math.min(pieceBytes, packedBytes - at));
    await readExactly(handle, path, piece, start + at);
    yield piece;
  }
}

const damaged = (path: string, what: unknown) =>
  new UserError(`damaged zip entry: ${what instanceof Error ? what.message : what} (${path})`);
