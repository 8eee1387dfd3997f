import { readdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { change } from '../disk/disk.ts';

const encodings = {
  gzip: { extension: '.gz', encode: (bytes: Uint8Array) => promisify(gzip)(bytes, { level: 9 }) },
  brotli: { extension: '.br', encode: (bytes: Uint8Array) => promisify(brotliCompress)(bytes, brotliParams) },
} as const;
/** What it gains above this takes many times as long. */
const brotliParams = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

export type Encoding = keyof typeof encodings;

/** What is text; everything else is zipped already, or is weights. */
const isText = (name: string): boolean => /\.(html|css|js|json|svg|txt|wasm)$/.test(name);
/** A file of less fits in a packet either way. */
const LEAST_BYTES = 1024;

/** Writes compressed files beside a site's plain ones, for hosts that serve them. Gives how many, and their bytes. */
export async function precompress(
  folder: string,
  wanted: readonly Encoding[],
): Promise<{ readonly files: number; readonly bytes: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && isText(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const total = { files: 0, bytes: 0 };
  const next = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const plain = await readFile(name);
      if (plain.length < LEAST_BYTES) continue;
      for (const encoding of wanted) {
        const { extension, encode } = encodings[encoding];
        const bytes = await encode(plain);
        await change('write', name + extension, () => writeFile(name + extension, bytes));
        total.files += 1;
        total.bytes += bytes.length;
      }
    }
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, next));
  return total;
}
