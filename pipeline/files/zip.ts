import type { FileHandle } from 'node:fs/promises';
import { UserError } from '../errors/user-error.ts';
import { readExactly } from './files.ts';

/** An entry of a zip file that is stored as it is: its bytes lie in the file from `start` on. */
export interface StoredEntry {
  readonly start: number;
  readonly bytes: number;
}

/** An entry that is stored or deflated: `packedBytes` of the file, from `start` on, become `bytes`. */
export interface PackedEntry extends StoredEntry {
  readonly isDeflated: boolean;
  readonly packedBytes: number;
  /** CRC-32 of its bytes. */
  readonly crc: number;
}

/** What the directory says of an entry: its header lies at `header`. */
interface DirectoryEntry {
  readonly method: number;
  readonly header: number;
  readonly bytes: number;
  readonly packed: number;
  readonly crc: number;
}

/** A zip file's entries, by name, for reading by offset. */
export interface ZipFile {
  readonly names: readonly string[];
  /** Where an entry's bytes lie. Throws UserError for a compressed entry, or one that does not lie in the file. */
  locate(name: string): Promise<StoredEntry | undefined>;
  /** The same, of a deflated entry as well. Throws UserError for one that is compressed in another way. */
  find(name: string): Promise<PackedEntry | undefined>;
}

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const locator64Signature = 0x07064b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const [STORED, DEFLATED] = [0, 8];
const unknown32 = 0xffffffff;
/** Far more than the tensors of any model, in a directory that is read whole. */
const maxDirectoryBytes = 1 << 26;
/** Deflate makes no more of a byte than this. */
const maxDeflateRatio = 1032;

/**
 * Reads a zip file's directory. Throws UserError where it is malformed or names an entry twice.
 * Source: PKWARE's APPNOTE.TXT 6.3, sections 4.3 and 4.5.3 (zip64).
 */
export async function openZip(handle: FileHandle, path: string): Promise<ZipFile> {
  const { size } = await handle.stat();
  const entries = await centralDirectory(handle, path, size);
  const find = async (name: string, methods: readonly number[]) => {
    const entry = entries.get(name);
    if (entry && !methods.includes(entry.method)) {
      const expected = methods.includes(DEFLATED) ? 'stored or deflated' : 'stored';
      throw new UserError(`compressed zip entry: ${name}, expected ${expected} (${path})`);
    }
    return entry && (await locateEntry(handle, path, size, name, entry));
  };
  return {
    names: [...entries.keys()],
    locate: (name) => find(name, [STORED]),
    find: (name) => find(name, [STORED, DEFLATED]),
  };
}

async function locateEntry(
  handle: FileHandle,
  path: string,
  size: number,
  name: string,
  { method, header, bytes, packed, crc }: DirectoryEntry,
): Promise<PackedEntry> {
  const isDeflated = method === DEFLATED;
  const packedBytes = isDeflated ? packed : bytes;
  if (isDeflated && bytes > packed * maxDeflateRatio) throw malformed(path, `${bytes} bytes of ${name} in ${packed}`);
  const local = await readView(handle, path, header, 30);
  if (local.getUint32(0, true) !== localSignature) throw malformed(path, `no entry ${name} where it says`);
  const start = header + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  const end = start + packedBytes;
  if (end > size) throw new UserError(`truncated file: ${name} ends at byte ${end} (${path})`);
  return { start, bytes, isDeflated, packedBytes, crc };
}

async function centralDirectory(handle: FileHandle, path: string, size: number): Promise<Map<string, DirectoryEntry>> {
  const { start, bytes } = await findDirectory(handle, path, size);
  const view = await readView(handle, path, start, bytes);
  const decoder = new TextDecoder();
  const entries = new Map<string, DirectoryEntry>();
  for (let at = 0; at + 46 <= view.byteLength; ) {
    if (view.getUint32(at, true) !== centralSignature) throw malformed(path, 'a directory of something else');
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > view.byteLength) throw malformed(path, 'a cut directory');
    const name = decoder.decode(new Uint8Array(view.buffer, at + 46, nameLength));
    if (entries.has(name)) throw malformed(path, `two entries ${name}`);
    const extra = new DataView(view.buffer, at + 46 + nameLength, extraLength);
    const [method, crc] = [view.getUint16(at + 10, true), view.getUint32(at + 16, true)];
    entries.set(name, { method, crc, ...sizes(view, at, extra, path) });
    at = next;
  }
  return entries;
}

/** Sizes and offsets that do not fit in 32 bits are in extra field 1, in the order of the fields they replace. */
function sizes(view: DataView, at: number, extra: DataView, path: string) {
  const wide: number[] = [];
  for (let i = 0; i + 4 <= extra.byteLength; i += 4 + extra.getUint16(i + 2, true)) {
    if (extra.getUint16(i, true) !== 1) continue;
    const end = Math.min(extra.byteLength, i + 4 + extra.getUint16(i + 2, true));
    for (let j = i + 4; j + 8 <= end; j += 8) wide.push(uint64(extra, j, path));
  }
  let used = 0;
  const field = (offset: number) => {
    const value = view.getUint32(at + offset, true);
    return value === unknown32 ? (wide.at(used++) ?? value) : value;
  };
  const [bytes, packed] = [field(24), field(20)];
  return { bytes, packed, header: field(42) };
}

async function findDirectory(
  handle: FileHandle,
  path: string,
  size: number,
): Promise<{ start: number; bytes: number }> {
  const tailStart = Math.max(0, size - 65_557); // the end record and the longest comment
  const tail = await readView(handle, path, tailStart, size - tailStart);
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== endSignature) end--;
  if (end < 0) throw new UserError(`truncated file: no zip directory at its end (${path})`);
  const found = { start: tail.getUint32(end + 16, true), bytes: tail.getUint32(end + 12, true) };
  const directory =
    end >= 20 && tail.getUint32(end - 20, true) === locator64Signature
      ? await findDirectory64(handle, path, uint64(tail, end - 12, path))
      : found;
  if (directory.start + directory.bytes > size) throw malformed(path, 'a directory past its end');
  if (directory.bytes > maxDirectoryBytes) throw malformed(path, `a directory of ${directory.bytes} bytes`);
  return directory;
}

async function findDirectory64(handle: FileHandle, path: string, at: number) {
  const record = await readView(handle, path, at, 56);
  if (record.getUint32(0, true) !== end64Signature) throw malformed(path, 'no zip64 record where it says');
  return { start: uint64(record, 48, path), bytes: uint64(record, 40, path) };
}

/** A zip64 number; one past 2^53 is no place in any file. */
function uint64(view: DataView, at: number, path: string): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw malformed(path, `a size or place of ${value}`);
  return value;
}

async function readView(handle: FileHandle, path: string, position: number, bytes: number): Promise<DataView> {
  const buffer = new Uint8Array(bytes);
  await readExactly(handle, path, buffer, position);
  return new DataView(buffer.buffer);
}

function malformed(path: string, what: string): UserError {
  return new UserError(`malformed zip file: ${what} (${path})`);
}
