import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const compress = promisify(gzip);

export const zip = (bytes: Uint8Array): Promise<Buffer> => compress(bytes, { level: constants.Z_BEST_COMPRESSION });

/** A zipped file, which `fetchUnzipped` reads; its folder is made. */
export async function writeZipped(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await zip(bytes));
}
