import { constants, crc32, deflateRawSync } from 'node:zlib';

/** RFC 1952: deflate, no name, no time, any system. */
const HEAD = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255);
/** A last block without contents. */
const LAST = Uint8Array.of(3, 0);

/** Pieces as one gzip file of all their bytes, each deflated apart from the others. */
export function zipPieces(pieces: readonly Uint8Array[]): Buffer {
  const options = { level: 9, memLevel: 9, finishFlush: constants.Z_SYNC_FLUSH };
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(
    pieces.reduce((sum, piece) => crc32(piece, sum), 0),
    0,
  );
  tail.writeUInt32LE(pieces.reduce((sum, { length }) => sum + length, 0) >>> 0, 4);
  return Buffer.concat([HEAD, ...pieces.map((piece) => deflateRawSync(piece, options)), LAST, tail]);
}
