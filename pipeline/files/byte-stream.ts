import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { errorCode, withPath } from '../errors/system-error.ts';
import { UserError } from '../errors/user-error.ts';
import { openFile } from './files.ts';

const pieceBytes = 1 << 18;

/** Hears of each piece of a file that was read, as it lies on the disk. */
export type OnBytes = (bytes: number) => void;

/** A file's bytes as they are, in pieces. */
export async function* fileBytes(path: string, onBytes: OnBytes = () => {}): AsyncGenerator<Uint8Array> {
  const handle = await openFile(path);
  try {
    for await (const piece of handle.createReadStream({ highWaterMark: pieceBytes, autoClose: false })) {
      onBytes(piece.length);
      yield piece;
    }
  } catch (error) {
    throw withPath(error, path);
  } finally {
    await handle.close();
  }
}

/** Whether a file is packed, by its name. */
export const isGzip = (path: string): boolean => path.toLowerCase().endsWith('.gz');

/** A file's bytes in pieces, unpacked when its name ends in .gz. Throws UserError for a damaged gzip. */
export async function* byteStream(path: string, onBytes?: OnBytes): AsyncGenerator<Uint8Array> {
  const file = fileBytes(path, onBytes);
  if (!isGzip(path)) {
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
function gzipError(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === 'Z_BUF_ERROR') return new UserError(`truncated gzip (${path})`);
  if (code === 'Z_DATA_ERROR')
    return new UserError(`damaged gzip: ${error instanceof Error ? error.message : code} (${path})`);
  return error;
}
