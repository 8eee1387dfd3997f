import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { removePath } from '../../disk/disk.ts';

/** Where a folder keeps a block of activations. */
export const blockPath = (folder: string, index: number): string => join(folder, `block-${index}.f16`);

/** Bytes that the blocks in a folder take. */
export async function storedBytes(folder: string): Promise<number> {
  const sizes = await Promise.all((await blocksIn(folder)).map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Removes the blocks of a training that begins again. */
export async function removeBlocks(folder: string): Promise<void> {
  for (const path of await blocksIn(folder)) await removePath(path);
}

async function blocksIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^block-\d+\.f16$/.test(name));
  return names.map((name) => join(folder, name));
}
