import type { FileHandle } from 'node:fs/promises';
import { UserError } from '../errors/user-error.ts';
import { type FloatTensor, float32, type Shape, sameShape, sizeOf } from '../numbers/tensor.ts';
import { readExactly } from './files.ts';
import { bytesPerValue, decodeFloats, type FloatFormat } from './float-formats.ts';

/** A file of named tensors, each read when it is asked for. */
export interface TensorFile {
  readonly path: string;
  readonly shapes: ReadonlyMap<string, Shape>;
  /** The tensor as float32; throws UserError for a dtype that is no float. */
  read(name: string): Promise<FloatTensor>;
  close(): Promise<void>;
}

/**
 * Reads one tensor that has to be there, of the expected shape and finite.
 * Throws UserError when it is missing, of another shape, or holds NaN or infinity.
 */
export async function readTensor(file: TensorFile, name: string, expected: Shape): Promise<FloatTensor> {
  const shape = file.shapes.get(name);
  if (!shape) throw new UserError(`missing tensor: ${name}, expected [${expected.join(', ')}] (${file.path})`);
  if (!sameShape(shape, expected)) {
    throw new UserError(
      `shape mismatch: ${name} is [${shape.join(', ')}], expected [${expected.join(', ')}] (${file.path})`,
    );
  }
  const tensor = await file.read(name);
  requireFinite(tensor.data, name, file.path);
  return tensor;
}

/** Throws UserError when a value is NaN or infinite. */
function requireFinite(data: Float32Array, name: string, path: string): void {
  let zero = 0; // x · 0 is 0 for every finite x and NaN for the others
  for (let i = 0; i < data.length; i++) zero += data[i] * 0;
  if (zero === 0) return;
  throw new UserError(`${data.some(Number.isNaN) ? 'nan' : 'infinity'} in ${name} (${path})`);
}

/** Fills `target` with the bytes from `position` on. Throws UserError where there are fewer. */
export type ReadBytes = (target: Uint8Array, position: number) => Promise<void>;

export const bytesOfFile =
  (handle: FileHandle, path: string): ReadBytes =>
  (target, position) =>
    readExactly(handle, path, target, position);

/** Reads `size` consecutive values of one format; float32 straight into place, the others in pieces. */
export async function readFloats(
  read: ReadBytes,
  format: FloatFormat,
  position: number,
  shape: Shape,
): Promise<FloatTensor> {
  const tensor = float32(shape);
  const { data } = tensor;
  if (format === 'F32') {
    await read(new Uint8Array(data.buffer), position);
    return tensor;
  }
  const width = bytesPerValue[format];
  const piece = new Uint8Array(Math.min(sizeOf(shape), 1 << 19) * width);
  for (let start = 0; start < data.length; start += piece.length / width) {
    const bytes = piece.subarray(0, Math.min(piece.length, (data.length - start) * width));
    await read(bytes, position + start * width);
    decodeFloats(format, bytes, data, start);
  }
  return tensor;
}
