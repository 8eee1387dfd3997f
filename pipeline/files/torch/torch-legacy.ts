import type { FileHandle } from 'node:fs/promises';
import { UserError } from '../../errors/user-error.ts';
import { readExactly } from '../files.ts';
import type { StoredEntry } from '../zip.ts';
import type { TorchContents } from './torch-contents.ts';
import { isObject, type PickleValue, type TorchStorage } from './torch-pickle.ts';
import { unpickle } from './unpickle.ts';

const magicNumber = 0x1950a86a20f9469cfc6cn;
const maxHeadBytes = 1 << 24;

/**
 * Reads the head of a file that torch.save wrote before 1.6: five pickles (a magic number, the protocol, the
 * machine, the object, the storages' keys), then each storage as its length and its bytes, in the keys' order.
 * Source: torch/serialization.py, _legacy_save.
 */
export async function readLegacyTorchFile(handle: FileHandle, path: string): Promise<TorchContents> {
  const { size } = await handle.stat();
  const head = new Uint8Array(Math.min(size, maxHeadBytes));
  await readExactly(handle, path, head, 0);
  if (head[0] !== 0x80) throw new UserError(`not a pytorch file: neither a zip nor a pickle (${path})`);
  const magic = unpickle(head, path);
  const protocol = unpickle(head, path, magic.end);
  if (magic.value !== magicNumber || protocol.value !== 1001) {
    throw new UserError(`not a pytorch file: a pickle without its magic number (${path})`);
  }
  const system = unpickle(head, path, protocol.end);
  const object = unpickle(head, path, system.end);
  const keys = unpickle(head, path, object.end);
  const entries = await locateStorages(handle, path, keysOf(keys.value, path), storagesOf(object.value), keys.end);
  return { value: object.value, locate: async ({ key }) => entries.get(key) };
}

async function locateStorages(
  handle: FileHandle,
  path: string,
  keys: readonly string[],
  storages: ReadonlyMap<string, TorchStorage>,
  start: number,
): Promise<Map<string, StoredEntry>> {
  const { size } = await handle.stat();
  const entries = new Map<string, StoredEntry>();
  let at = start;
  for (const key of keys) {
    const storage = storages.get(key);
    if (!storage) throw new UserError(`unsupported pytorch file: storage ${key} belongs to no tensor (${path})`);
    const length = new DataView(new ArrayBuffer(8));
    await readExactly(handle, path, new Uint8Array(length.buffer), at);
    const values = Number(length.getBigInt64(0, true));
    const bytes = values * storage.bytesPerValue;
    if (values < 0 || at + 8 + bytes > size) {
      throw new UserError(`truncated file: storage ${key} of ${values} values at byte ${at} (${path})`);
    }
    entries.set(key, { start: at + 8, bytes });
    at += 8 + bytes;
  }
  return entries;
}

function keysOf(value: PickleValue, path: string): string[] {
  const items = isObject(value) && value.kind === 'list' ? value.items : [null];
  return items.map((item) => {
    if (typeof item !== 'string') throw new UserError(`malformed pytorch file: storage keys (${path})`);
    return item;
  });
}

function storagesOf(value: PickleValue): Map<string, TorchStorage> {
  const tensors = isObject(value) && value.kind === 'dict' ? [...value.entries.values()] : [];
  return new Map(
    tensors.flatMap((item): [string, TorchStorage][] =>
      isObject(item) && item.kind === 'tensor' ? [[item.storage.key, item.storage]] : [],
    ),
  );
}
