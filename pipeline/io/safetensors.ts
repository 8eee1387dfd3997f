import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { type Shape, sizeOf } from '../core/tensor.ts';
import { UserError } from '../core/user-error.ts';
import { openFile, readExactly } from './files.ts';
import { bytesPerValue, type FloatFormat } from './float-formats.ts';
import { readFloats, type TensorFile } from './tensor-file.ts';

/** The format's own limit on the header, in bytes. */
const maxHeaderBytes = 100_000_000;

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
const headerSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.record(z.string(), z.string());

interface Entry {
  readonly dtype: string;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

interface Header {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Where the tensors' bytes begin in the file. */
  readonly dataStart: number;
}

/**
 * Opens a safetensors file and checks its header; tensors are read one at a time.
 * Format: 8 bytes of header length, a JSON header, the tensors' bytes.
 * Source: https://github.com/huggingface/safetensors#format
 */
export async function openSafetensors(path: string): Promise<TensorFile> {
  const handle = await openFile(path);
  try {
    const header = await readHeader(handle, path);
    return tensorFile(handle, path, header);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function tensorFile(handle: FileHandle, path: string, { entries, dataStart }: Header): TensorFile {
  return {
    path,
    shapes: new Map([...entries].map(([name, entry]) => [name, entry.shape])),
    async read(name) {
      const entry = entries.get(name);
      if (!entry) throw new UserError(`missing tensor: ${name} (${path})`);
      const format = floatFormat(entry, name, path);
      return readFloats(handle, path, format, dataStart + entry.begin, entry.shape);
    },
    close: () => handle.close(),
  };
}

function floatFormat(entry: Entry, name: string, path: string): FloatFormat {
  const { dtype } = entry;
  if (dtype === 'F32' || dtype === 'F16' || dtype === 'BF16' || dtype === 'F64') return dtype;
  throw new UserError(`unsupported dtype: ${name} is ${dtype}, expected F32, F16, BF16 or F64 (${path})`);
}

async function readHeader(handle: FileHandle, path: string): Promise<Header> {
  const fileBytes = (await handle.stat()).size;
  const prefix = new Uint8Array(8);
  await readExactly(handle, path, prefix, 0);
  const length = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (length > maxHeaderBytes) throw new UserError(`not a safetensors file: header of ${length} bytes (${path})`);
  if (8 + length > fileBytes) throw truncated(8 + length, fileBytes, path);
  const bytes = new Uint8Array(length);
  await readExactly(handle, path, bytes, 8);
  const entries = parseEntries(parseHeaderJson(bytes, path), path);
  checkOffsets(entries, fileBytes - 8 - length, path);
  return { entries, dataStart: 8 + length };
}

function parseHeaderJson(bytes: Uint8Array, path: string): Record<string, unknown> {
  try {
    return headerSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    throw new UserError(`not a safetensors file: the header is no json object (${path})`);
  }
}

function parseEntries(json: Record<string, unknown>, path: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') continue;
    const parsed = entrySchema.safeParse(value);
    if (!parsed.success) throw new UserError(`malformed safetensors header: ${name} (${path})`);
    const [begin, end] = parsed.data.data_offsets;
    entries.set(name, { dtype: parsed.data.dtype, shape: parsed.data.shape, begin, end });
  }
  for (const [alias, name] of Object.entries(metadataSchema.safeParse(json.__metadata__).data ?? {})) {
    // Of tensors that share their memory the format keeps one, and names the others in the metadata.
    const kept = entries.get(name);
    if (kept && !entries.has(alias)) entries.set(alias, kept);
  }
  return entries;
}

function checkOffsets(entries: ReadonlyMap<string, Entry>, dataBytes: number, path: string): void {
  const ordered = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let previous: { readonly name: string; readonly entry: Entry } | undefined;
  for (const [name, entry] of ordered) {
    checkSize(name, entry, path);
    if (entry.end > dataBytes) throw truncated(entry.end, dataBytes, path, name);
    if (previous && entry !== previous.entry && entry.begin < previous.entry.end) {
      throw new UserError(`malformed safetensors header: ${previous.name} and ${name} overlap (${path})`);
    }
    if (!previous || entry.end > previous.entry.end) previous = { name, entry };
  }
}

function checkSize(name: string, { dtype, shape, begin, end }: Entry, path: string): void {
  const width = Object.entries(bytesPerValue).find(([format]) => format === dtype)?.[1];
  const expected = width === undefined ? undefined : width * sizeOf(shape);
  if (begin <= end && (expected === undefined || expected === end - begin)) return;
  throw new UserError(
    `malformed safetensors header: ${name} ${dtype} [${shape.join(', ')}] at bytes ${begin} to ${end} (${path})`,
  );
}

function truncated(expected: number, actual: number, path: string, name?: string): UserError {
  const reached = name === undefined ? 'its header' : name;
  return new UserError(`truncated file: ${reached} ends at byte ${expected}, the file holds ${actual} (${path})`);
}
