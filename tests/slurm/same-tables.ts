import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Compares the Parquet files of two runs byte by byte; how many there are. Throws for the first that differs. */
export async function sameTables(one: string, other: string): Promise<number> {
  const [files, others] = await Promise.all([parquetFiles(one), parquetFiles(other)]);
  if (files.length === 0 || files.join() !== others.join()) throw new Error(`other files: ${files} and ${others}`);
  for (const file of files) {
    const [a, b] = await Promise.all([readFile(join(one, file)), readFile(join(other, file))]);
    if (!a.equals(b)) throw new Error(`${file} differs`);
  }
  return files.length;
}

async function parquetFiles(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.parquet')).sort();
}
