import type { FileHandle } from 'node:fs/promises';
import { UserError } from '../../errors/user-error.ts';
import { type Shape, sizeOf } from '../../numbers/tensor.ts';
import { openFile, readExactly } from '../files.ts';
import { bytesPerValue, type FloatFormat } from '../float-formats.ts';
import type { TensorFile } from '../tensor-file.ts';
import { readView, type StridedView } from '../tensor-view.ts';
import { openZip, type StoredEntry } from '../zip.ts';

/** One array of an archive; no format where its values are no floats that are read here. */
interface NpyArray extends StridedView {
  readonly start: number;
  readonly dtype: string;
  readonly format: FloatFormat | undefined;
}

const formats: Readonly<Record<string, FloatFormat>> = { '<f2': 'F16', '<f4': 'F32', '<f8': 'F64' };
/** Byte 0x93, then NUMPY. */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy's own limits: it reads no longer header, and no array of more axes. */
const maxHeaderBytes = 10_000;
const maxAxes = 64;
/** More than the tensors of any SAE; each costs a look at its header. */
const maxArrays = 10_000;

/**
 * Opens NumPy's archive of arrays (np.savez), row-major or column-major; arrays are read one at a time.
 * Source: NumPy's documentation, numpy.lib.format, versions 1 to 3. Throws UserError for np.savez_compressed's.
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
      return readView(handle, path, array, array.format, array.start);
    },
    close: () => handle.close(),
  };
}

async function readArrays(handle: FileHandle, path: string): Promise<Map<string, NpyArray>> {
  const zip = await openZip(handle, path);
  const entries = zip.names.filter((name) => name.endsWith('.npy'));
  if (entries.length > maxArrays) {
    throw new UserError(`archive of ${entries.length} arrays, expected at most ${maxArrays} (${path})`);
  }
  const arrays = new Map<string, NpyArray>();
  for (const entry of entries) {
    const place = await zip.locate(entry);
    if (place) arrays.set(entry.slice(0, -'.npy'.length), await readArray(handle, path, entry, place));
  }
  return arrays;
}

async function readArray(handle: FileHandle, path: string, entry: string, place: StoredEntry): Promise<NpyArray> {
  const fixed = new Uint8Array(12);
  if (place.bytes < fixed.length) throw malformed(entry, path);
  await readExactly(handle, path, fixed, place.start);
  if (!magic.every((byte, i) => fixed[i] === byte)) throw malformed(entry, path);
  const view = new DataView(fixed.buffer);
  const isFirst = fixed[6] === 1;
  const length = isFirst ? view.getUint16(8, true) : view.getUint32(8, true);
  const begin = isFirst ? 10 : 12;
  if (begin + length > place.bytes || length > maxHeaderBytes) throw malformed(entry, path);
  const header = new Uint8Array(length);
  await readExactly(handle, path, header, place.start + begin);
  const array = parseHeader(new TextDecoder().decode(header), entry, path);
  const values = place.bytes - begin - length;
  if (array.format && values < sizeOf(array.shape) * bytesPerValue[array.format]) {
    throw new UserError(`truncated file: ${entry} holds ${values} bytes of values (${path})`);
  }
  return { ...array, start: place.start + begin + length };
}

/** Reads a header such as {'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), }. */
function parseHeader(header: string, entry: string, path: string): Omit<NpyArray, 'start'> {
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
