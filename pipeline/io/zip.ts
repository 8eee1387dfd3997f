import type { FileHandle } from 'node:fs/promises';
import { UserError } from '../core/user-error.ts';
import { readExactly } from './files.ts';

/** An entry of a zip file that is stored as it is: its bytes lie in the file from `start` on. */
export interface StoredEntry {
  readonly start: number;
  readonly bytes: number;
}

interface DirectoryEntry extends StoredEntry {
  readonly name: string;
  readonly method: number;
}

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const locator64Signature = 0x07064b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const unknown32 = 0xffffffff;

/**
 * Lists a zip file's entries by name, for reading by offset without unpacking.
 * Source: PKWARE's APPNOTE.TXT 6.3, sections 4.3 and 4.5.3 (zip64). Throws UserError for a compressed entry.
 */
export async function listZip(handle: FileHandle, path: string): Promise<Map<string, StoredEntry>> {
  const entries = new Map<string, StoredEntry>();
  for (const { name, method, start, bytes } of await centralDirectory(handle, path)) {
    if (method !== 0) throw new UserError(`compressed zip entry: ${name}, expected stored (${path})`);
    const local = await readView(handle, path, start, 30);
    if (local.getUint32(0, true) !== localSignature) throw malformed(path);
    const header = 30 + local.getUint16(26, true) + local.getUint16(28, true);
    entries.set(name, { start: start + header, bytes });
  }
  return entries;
}

async function centralDirectory(handle: FileHandle, path: string): Promise<DirectoryEntry[]> {
  const { start, bytes } = await findDirectory(handle, path);
  const view = await readView(handle, path, start, bytes);
  const entries: DirectoryEntry[] = [];
  for (let at = 0; at + 46 <= view.byteLength; ) {
    if (view.getUint32(at, true) !== centralSignature) throw malformed(path);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > view.byteLength) throw malformed(path);
    const name = new TextDecoder().decode(new Uint8Array(view.buffer, at + 46, nameLength));
    const extra = new DataView(view.buffer, at + 46 + nameLength, extraLength);
    entries.push({ name, method: view.getUint16(at + 10, true), ...sizes(view, at, extra) });
    at = next;
  }
  return entries;
}

/** Sizes and offsets that do not fit in 32 bits stand in extra field 1, in the order of the fields they replace. */
function sizes(view: DataView, at: number, extra: DataView): { bytes: number; start: number } {
  const wide: number[] = [];
  for (let i = 0; i + 4 <= extra.byteLength; i += 4 + extra.getUint16(i + 2, true)) {
    if (extra.getUint16(i, true) !== 1) continue;
    const end = Math.min(extra.byteLength, i + 4 + extra.getUint16(i + 2, true));
    for (let j = i + 4; j + 8 <= end; j += 8) wide.push(Number(extra.getBigUint64(j, true)));
  }
  const field = (offset: number) => {
    const value = view.getUint32(at + offset, true);
    return value === unknown32 ? (wide.shift() ?? value) : value;
  };
  const bytes = field(24);
  field(20); // the packed size, the same for a stored entry
  return { bytes, start: field(42) };
}

async function findDirectory(handle: FileHandle, path: string): Promise<{ start: number; bytes: number }> {
  const { size } = await handle.stat();
  const tailStart = Math.max(0, size - 65_557); // the end record and the longest comment
  const tail = await readView(handle, path, tailStart, size - tailStart);
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== endSignature) end--;
  if (end < 0) throw new UserError(`truncated file: no zip directory at its end (${path})`);
  const found = { start: tail.getUint32(end + 16, true), bytes: tail.getUint32(end + 12, true) };
  const directory =
    end >= 20 && tail.getUint32(end - 20, true) === locator64Signature
      ? await findDirectory64(handle, path, Number(tail.getBigUint64(end - 12, true)))
      : found;
  if (directory.start + directory.bytes > size) throw malformed(path);
  return directory;
}

async function findDirectory64(handle: FileHandle, path: string, at: number) {
  const record = await readView(handle, path, at, 56);
  if (record.getUint32(0, true) !== end64Signature) throw malformed(path);
  return { start: Number(record.getBigUint64(48, true)), bytes: Number(record.getBigUint64(40, true)) };
}

async function readView(handle: FileHandle, path: string, position: number, bytes: number): Promise<DataView> {
  const buffer = new Uint8Array(bytes);
  await readExactly(handle, path, buffer, position);
  return new DataView(buffer.buffer);
}

function malformed(path: string): UserError {
  return new UserError(`malformed zip file (${path})`);
}
