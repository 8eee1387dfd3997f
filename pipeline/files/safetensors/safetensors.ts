import type { FileHandle } from 'node:fs/promises';
import { UserError } from '../../errors/user-error.ts';
import { openFile, readExactly } from '../files.ts';
import { bytesOfFile, readFloats, type TensorFile } from '../tensor-file.ts';
import { floatFormat, headerLength, parseLayout, type SafetensorsLayout } from './layout.ts';

/** Opens a safetensors file and checks its header; tensors are read one at a time. */
export async function openSafetensors(path: string): Promise<TensorFile> {
  const handle = await openFile(path);
  try {
    return tensorFile(handle, path, await readLayout(handle, path));
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function tensorFile(handle: FileHandle, path: string, { entries, dataStart }: SafetensorsLayout): TensorFile {
  return {
    path,
    shapes: new Map([...entries].map(([name, entry]) => [name, entry.shape])),
    async read(name) {
      const entry = entries.get(name);
      if (!entry) throw new UserError(`missing tensor: ${name} (${path})`);
      const format = floatFormat(entry, name, path);
      return readFloats(bytesOfFile(handle, path), format, dataStart + entry.begin, entry.shape);
    },
    close: () => handle.close(),
  };
}

async function readLayout(handle: FileHandle, path: string): Promise<SafetensorsLayout> {
  const fileBytes = (await handle.stat()).size;
  const prefix = new Uint8Array(8);
  await readExactly(handle, path, prefix, 0);
  const header = new Uint8Array(headerLength(prefix, fileBytes, path));
  await readExactly(handle, path, header, 8);
  return parseLayout(header, fileBytes, path);
}
