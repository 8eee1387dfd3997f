import type { FileHandle } from 'node:fs/promises';
import { UserError } from '../../errors/user-error.ts';
import { type Shape, sizeOf } from '../../numbers/tensor.ts';
import { openFile, readExactly } from '../files.ts';
import { bytesPerValue, type FloatFormat } from '../float-formats.ts';
import { inflateBeginning, inflateEntry } from '../inflate-entry.ts';
import type { ReadBytes, TensorFile } from '../tensor-file.ts';
import { readView, type StridedView } from '../tensor-view.ts';
import { openZip, type PackedEntry } from '../zip.ts';

/** One array of an archive, its values from `start` of its entry on; no format where they are no floats that are read here. */
interface NpyArray extends StridedView {
  readonly entry: PackedEntry;
  readonly start: number;
  readonly dtype: string;
  readonly format: FloatFormat | undefined;
}

const formats: Readonly<Record<string, FloatFormat>> = { '<f2': 'F16', '<f4': 'F32', '<f8': 'F64' };
/** Byte 0x93, then NUMPY. */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy's own limits: it reads no longer header, and no array of more axes. */
const maxHeaderBytes = 10_000;
/** As many deflated bytes hold the header of any array of floats: 64 axes take 1,500 characters. */
const packedHeaderBytes = 4096;
/** Up to the header's text, from version 2 on. */
const fixedBytes = 12;
const maxAxes = 64;
/** More than the tensors of any SAE; each costs a look at its header. */
const maxArrays = 10_000;

/**
 * Opens NumPy's archive of arrays (np.savez, np.savez_compressed), row-major or column-major; arrays are read one at a
 * time. Source: NumPy's documentation, numpy.lib.format, versions 1 to 3.
 */
export async function openNpz(path: string): Promise<TensorFile> {
  const handle = await openFile(path);
  try {
    return tensorFile(handle, path, await readArrays(handle, path));
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function tensorFile(handle: FileHandle, path: string, arrays: ReadonlyMap<string, NpyArray>): TensorFile {
  return {
    path,
    shapes: new Map([...arrays].map(([name, { shape }]) => [name, shape])),
    async read(name) {
      const array = arrays.get(name);
      if (!array) throw new UserError(`missing tensor: ${name} (${path})`);
      if (!array.format) {
        const known = Object.keys(formats).join(', ');
        throw new UserError(`unsupported dtype: ${name} is ${array.dtype}, expected one of ${known} (${path})`);
      }
      return readView(await bytesOf(handle, path, array.entry), array, array.format, array.start);
    },
    close: () => handle.close(),
  };
}

/** Bytes of an entry, from its own beginning on; a deflated one is inflated whole. */
async function bytesOf(handle: FileHandle, path: string, entry: PackedEntry): Promise<ReadBytes> {
  if (!entry.isDeflated) return (target, position) => readExactly(handle, path, target, entry.start + position);
  const inflated = await inflateEntry(handle, path, entry);
  return async (target, position) => target.set(inflated.subarray(position, position + target.length));
}

async function readArrays(handle: FileHandle, path: string): Promise<Map<string, NpyArray>> {
  const zip = await openZip(handle, path);
  const entries = zip.names.filter((name) => name.endsWith('.npy'));
  if (entries.length > maxArrays) {
    throw new UserError(`archive of ${entries.length} arrays, expected at most ${maxArrays} (${path})`);
  }
  const arrays = new Map<string, NpyArray>();
  for (const entry of entries) {
    const place = await zip.find(entry);
    if (place) arrays.set(entry.slice(0, -'.npy'.length), await readArray(handle, path, entry, place));
  }
  return arrays;
}

async function readArray(handle: FileHandle, path: string, name: string, entry: PackedEntry): Promise<NpyArray> {
  const beginning = await beginningOf(handle, path, entry);
  if (beginning.length < fixedBytes || !magic.every((byte, i) => beginning[i] === byte)) throw malformed(name, path);
  const view = new DataView(beginning.buffer, beginning.byteOffset, beginning.byteLength);
  const isFirst = beginning[6] === 1;
  const length = isFirst ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = (isFirst ? 10 : fixedBytes) + length;
  if (start > beginning.length || length > maxHeaderBytes) throw malformed(name, path);
  const array = parseHeader(new TextDecoder().decode(beginning.subarray(start - length, start)), name, path);
  const values = entry.bytes - start;
  if (array.format && values < sizeOf(array.shape) * bytesPerValue[array.format]) {
    throw new UserError(`truncated file: ${name} holds ${values} bytes of values (${path})`);
  }
  return { ...array, entry, start };
}

/** What of an entry can hold its header. */
async function beginningOf(handle: FileHandle, path: string, entry: PackedEntry): Promise<Uint8Array> {
  if (entry.isDeflated) return inflateBeginning(handle, path, entry, packedHeaderBytes);
  const bytes = new Uint8Array(Math.min(fixedBytes + maxHeaderBytes, entry.bytes));
  await readExactly(handle, path, bytes, entry.start);
  return bytes;
}

/** Reads a header such as {'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), }. */
function parseHeader(header: string, entry: string, path: string): Omit<NpyArray, 'entry' | 'start'> {
  const dtype = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const dims = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (dtype === undefined || order === undefined || dims === undefined) throw malformed(entry, path);
  const shape = dims
    .split(',')
    .map((dim) => dim.trim())
    .filter((dim) => dim !== '')
    .map(Number);
  if (shape.length > maxAxes || !shape.every(Number.isSafeInteger)) throw malformed(entry, path);
  return { dtype, format: formats[dtype], shape, strides: stridesOf(shape, order === 'True'), offset: 0 };
}

function stridesOf(shape: Shape, isColumnMajor: boolean): number[] {
  return shape.map((_, axis) => sizeOf(isColumnMajor ? shape.slice(0, axis) : shape.slice(axis + 1)));
}

const malformed = (entry: string, path: string) => new UserError(`malformed array: ${entry} (${path})`);
