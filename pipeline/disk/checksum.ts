import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import * as z from 'zod';
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

/** Throws DamagedFile unless the file begins with what was committed; what follows that is not looked at. */
export async function verifyFile(path: string, expected: Checksum): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) throw new DamagedFile(path, 'it is missing');
  if (size < expected.bytes) throw new DamagedFile(path, `${size} bytes, expected ${expected.bytes}`);
  if (expected.bytes === 0) return;
  let found = emptyChecksum;
  for await (const piece of createReadStream(path, { end: expected.bytes - 1, highWaterMark: 1 << 20 })) {
    found = extendChecksum(found, piece);
  }
  if (found.crc !== expected.crc) throw new DamagedFile(path, 'its checksum is not that of what was written');
}
