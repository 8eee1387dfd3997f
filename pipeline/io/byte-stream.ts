import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UserError } from '../core/user-error.ts';
import { errorCode } from './files.ts';

const pieceBytes = 1 << 18;

/** The longest document in bytes: its text and tokens are held in memory. */
export const maxDocumentBytes = 1 << 28;

/** A file's bytes in pieces, unpacked when its name ends in .gz. Throws UserError for a damaged gzip. */
export async function* byteStream(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: pieceBytes });
  if (!path.endsWith('.gz')) {
    yield* file;
    return;
  }
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  const done = pipeline(file, gunzip);
  done.catch(() => {}); // it reaches the reader through gunzip
  try {
    yield* gunzip;
  } catch (error) {
    throw gzipError(error, path);
  }
}

/** What failed in reading a gzip file, as the user's mistake when it is the file's. */
export function gzipError(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === 'Z_BUF_ERROR') return new UserError(`truncated gzip (${path})`);
  if (code === 'Z_DATA_ERROR')
    return new UserError(`damaged gzip: ${error instanceof Error ? error.message : code} (${path})`);
  return error;
}
