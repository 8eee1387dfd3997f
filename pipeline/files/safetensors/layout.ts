import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { type Shape, sizeOf } from '../../numbers/tensor.ts';
import { bytesPerValue, type FloatFormat } from '../float-formats.ts';
import { outerKeys, parseJson } from '../tokenizer/json.ts';

/** The format's own limit on the header, in bytes. */
const maxHeaderBytes = 100_000_000;

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
const metadataSchema = z.record(z.string(), z.string());

/** One tensor's bytes, from `begin` up to `end` after the header. */
export interface SafetensorsEntry {
  readonly dtype: string;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

/** What a file's header says. */
export interface SafetensorsLayout {
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  /** Where the tensors' bytes begin in the file. */
  readonly dataStart: number;
}

/**
 * The length of a header, from the file's first 8 bytes. Throws UserError where no file begins so.
 * Format: 8 bytes of header length, a JSON header, the tensors' bytes.
 * Source: https://github.com/huggingface/safetensors#format
 */
export function headerLength(prefix: Uint8Array, fileBytes: number, path: string): number {
  const length = Number(new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true));
  if (length > maxHeaderBytes) throw new UserError(`not a safetensors file: header of ${length} bytes (${path})`);
  if (8 + length > fileBytes) throw truncated(8 + length, fileBytes, path);
  return length;
}

/** Reads and checks a header. Throws UserError where it is malformed, or says more than the file holds. */
export function parseLayout(header: Uint8Array, fileBytes: number, path: string): SafetensorsLayout {
  const entries = parseEntries(parseHeaderJson(header, path), path);
  checkOffsets(entries, fileBytes - 8 - header.length, path);
  return { entries, dataStart: 8 + header.length };
}

/** How an entry's numbers are stored. Throws UserError for a dtype that is no float. */
export function floatFormat(entry: SafetensorsEntry, name: string, path: string): FloatFormat {
  const { dtype } = entry;
  if (dtype === 'F32' || dtype === 'F16' || dtype === 'BF16' || dtype === 'F64') return dtype;
  throw new UserError(`unsupported dtype: ${name} is ${dtype}, expected F32, F16, BF16 or F64 (${path})`);
}

function parseHeaderJson(bytes: Uint8Array, path: string): Record<string, unknown> {
  const text = decodeHeader(bytes, path);
  const json = parseHeaderText(text, path);
  // JSON.parse keeps the last of two equal names; the format allows none.
  const names = outerKeys(text);
  if (names === Object.keys(json).length) return json;
  throw new UserError(`malformed safetensors header: ${names - Object.keys(json).length} names repeated (${path})`);
}

function parseHeaderText(text: string, path: string): Record<string, unknown> {
  try {
    const json = parseJson(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { ...json };
  } catch {
    // below
  }
  throw notAnObject(path);
}

function decodeHeader(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notAnObject(path);
  }
}

const notAnObject = (path: string): UserError =>
  new UserError(`not a safetensors file: the header is no json object (${path})`);

function parseEntries(json: Record<string, unknown>, path: string): Map<string, SafetensorsEntry> {
  const entries = new Map<string, SafetensorsEntry>();
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

function checkOffsets(entries: ReadonlyMap<string, SafetensorsEntry>, dataBytes: number, path: string): void {
  const ordered = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let previous: { readonly name: string; readonly entry: SafetensorsEntry } | undefined;
  for (const [name, entry] of ordered) {
    checkSize(name, entry, path);
    if (entry.end > dataBytes) throw truncated(entry.end, dataBytes, path, name);
    if (previous && entry !== previous.entry && entry.begin < previous.entry.end) {
      throw new UserError(`malformed safetensors header: ${previous.name} and ${name} overlap (${path})`);
    }
    if (!previous || entry.end > previous.entry.end) previous = { name, entry };
  }
}

function checkSize(name: string, { dtype, shape, begin, end }: SafetensorsEntry, path: string): void {
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
