import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { errorCode } from '../errors/system-error.ts';
import { UserError } from '../errors/user-error.ts';

/** The length of a file's committed part, and its CRC-32. */
export interface Checksum {
  readonly bytes: number;
  readonly crc: number;
}

export const checksumSchema = z.object({ bytes: z.int(), crc: z.int() });

export const emptyChecksum: Checksum = { bytes: 0, crc: 0 };

/** A file of unfinished work that is not what was committed. */
export class DamagedFile extends UserError {
  constructor(path: string, fault: string) {
    super(`damaged working file: ${fault} (${path})`);
  }
}

/** The checksum of bytes that come after others. */
export function extendChecksum({ bytes, crc }: Checksum, data: Uint8Array | string): Checksum {
  return {
    bytes: bytes + (typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength),
    crc: crc32(data, crc),
  };
}

/** The checksum of a file, or of its first `bytes` bytes, one or more. Throws the system's own error where it is missing. */
export async function checksumOf(path: string, bytes = Number.POSITIVE_INFINITY): Promise<Checksum> {
  let found = emptyChecksum;
  for await (const piece of createReadStream(path, { end: bytes - 1, highWaterMark: 1 << 20 })) {
    found = extendChecksum(found, piece);
  }
  return found;
}

/** Throws DamagedFile unless the file begins with what was committed; what follows that is not looked at. */
export async function verifyFile(path: string, expected: Checksum): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) throw new DamagedFile(path, 'it is missing');
  if (size < expected.bytes) throw new DamagedFile(path, `${size} bytes, expected ${expected.bytes}`);
  if (expected.bytes > 0) refuseOther(path, await checksumOf(path, expected.bytes), expected);
}

/** The whole of a file. Throws DamagedFile unless it is what was committed. */
export async function readVerified(path: string, expected: Checksum): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw errorCode(error) === 'ENOENT' ? new DamagedFile(path, 'it is missing') : error;
  });
  if (bytes.byteLength !== expected.bytes)
    throw new DamagedFile(path, `${bytes.byteLength} bytes, expected ${expected.bytes}`);
  refuseOther(path, extendChecksum(emptyChecksum, bytes), expected);
  return bytes;
}

function refuseOther(path: string, found: Checksum, expected: Checksum): void {
  if (found.crc !== expected.crc) throw new DamagedFile(path, 'its checksum is not that of what was written');
}
