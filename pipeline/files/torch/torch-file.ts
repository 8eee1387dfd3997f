import type { FileHandle } from 'node:fs/promises';
import { UserError } from '../../errors/user-error.ts';
import { sizeOf } from '../../numbers/tensor.ts';
import { openFile, readExactly } from '../files.ts';
import { bytesOfFile, type TensorFile } from '../tensor-file.ts';
import { readView } from '../tensor-view.ts';
import { openZip, type ZipFile } from '../zip.ts';
import type { TorchContents } from './torch-contents.ts';
import { readLegacyTorchFile } from './torch-legacy.ts';
import { isObject, type PickleValue, type TorchTensor } from './torch-pickle.ts';
import { unpickle } from './unpickle.ts';

/** A state dict, whose integers can be read where they are scalars. */
export interface TorchFile extends TensorFile {
  /** Throws UserError where the tensor is no one integer. */
  readInteger(name: string): Promise<number>;
}

const maxPickleBytes = 1 << 26;

/**
 * Opens a PyTorch state dict (torch.save of a dict of tensors, zip or the format before 1.6) without running any of
 * its pickle's code; tensors are read one at a time, strided views included.
 */
export async function openTorchFile(path: string): Promise<TorchFile> {
  const handle = await openFile(path);
  try {
    const contents = await readContents(handle, path);
    return tensorFile(handle, path, contents, stateDict(contents.value, path));
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function tensorFile(
  handle: FileHandle,
  path: string,
  contents: TorchContents,
  tensors: ReadonlyMap<string, TorchTensor>,
): TorchFile {
  const read = bytesOfFile(handle, path);
  const find = (name: string): TorchTensor => {
    const tensor = tensors.get(name);
    if (!tensor) throw new UserError(`missing tensor: ${name} (${path})`);
    return tensor;
  };
  const storageStart = async (name: string, { storage }: TorchTensor): Promise<number> => {
    const entry = await contents.locate(storage);
    if (entry && entry.bytes >= storage.length * storage.bytesPerValue) return entry.start;
    throw new UserError(`truncated file: ${name} misses its storage (${path})`);
  };
  return {
    path,
    shapes: new Map([...tensors].map(([name, { shape }]) => [name, shape])),
    async read(name) {
      const tensor = find(name);
      const { format } = tensor.storage;
      if (!format) throw new UserError(`unsupported dtype: ${name} holds no floats (${path})`);
      return readView(read, tensor, format, await storageStart(name, tensor));
    },
    async readInteger(name) {
      const tensor = find(name);
      const { storage, offset, shape } = tensor;
      if (!storage.isInteger || sizeOf(shape) !== 1) {
        throw new UserError(`unsupported dtype: ${name} holds no single integer (${path})`);
      }
      const bytes = new Uint8Array(storage.bytesPerValue);
      await read(bytes, (await storageStart(name, tensor)) + offset * bytes.length);
      const view = new DataView(bytes.buffer);
      return bytes.length === 8 ? Number(view.getBigInt64(0, true)) : view.getInt32(0, true);
    },
    close: () => handle.close(),
  };
}

async function readContents(handle: FileHandle, path: string): Promise<TorchContents> {
  const magic = new Uint8Array(4);
  await readExactly(handle, path, magic, 0);
  if (new DataView(magic.buffer).getUint32(0, true) !== 0x04034b50) return readLegacyTorchFile(handle, path);
  const zip = await openZip(handle, path);
  const pickleName = zip.names.find((name) => /^[^/]*\/data\.pkl$/.test(name));
  if (pickleName === undefined) throw new UserError(`not a pytorch file: no data.pkl in the zip (${path})`);
  const root = pickleName.slice(0, -'data.pkl'.length);
  const order = new TextDecoder().decode(await readEntry(handle, path, zip, `${root}byteorder`, 16));
  if (order !== '' && order !== 'little') {
    throw new UserError(`unsupported byte order: ${order}, expected little (${path})`);
  }
  const { value } = unpickle(await readEntry(handle, path, zip, pickleName, maxPickleBytes), path);
  return { value, locate: ({ key }) => zip.locate(`${root}data/${key}`) };
}

/** A small entry's bytes, none where it is not there. */
async function readEntry(
  handle: FileHandle,
  path: string,
  zip: ZipFile,
  name: string,
  mostBytes: number,
): Promise<Uint8Array> {
  const entry = await zip.locate(name);
  if (entry && entry.bytes > mostBytes) throw new UserError(`${name} of ${entry.bytes} bytes is too large (${path})`);
  const bytes = new Uint8Array(entry?.bytes ?? 0);
  await readExactly(handle, path, bytes, entry?.start ?? 0);
  return bytes;
}

function stateDict(value: PickleValue, path: string): Map<string, TorchTensor> {
  if (!isObject(value) || value.kind !== 'dict') {
    throw new UserError(`not a state dict: expected a dict of tensors (${path})`);
  }
  const tensors = new Map<string, TorchTensor>();
  for (const [name, entry] of value.entries) {
    if (typeof name === 'string' && isObject(entry) && entry.kind === 'tensor') tensors.set(name, entry);
  }
  return tensors;
}
