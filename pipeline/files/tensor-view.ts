import { type FloatTensor, float32, type Shape, sizeOf } from '../numbers/tensor.ts';
import { bytesPerValue, type FloatFormat } from './float-formats.ts';
import { type ReadBytes, readFloats } from './tensor-file.ts';

/** A tensor inside a file's run of values: steps between neighbours along each axis, and where it begins, in values. */
export interface StridedView {
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Reads a view of values of one format row-major, whatever its strides. */
export async function readView(
  read: ReadBytes,
  { shape, strides, offset }: StridedView,
  format: FloatFormat,
  storageStart: number,
): Promise<FloatTensor> {
  const position = storageStart + offset * bytesPerValue[format];
  if (isRowMajor(shape, strides)) return readFloats(read, format, position, shape);
  if (sizeOf(shape) === 0) return float32(shape);
  const span = shape.reduce((sum, dim, i) => sum + (dim - 1) * strides[i], 1);
  const { data } = await readFloats(read, format, position, [span]);
  return gather(data, shape, strides);
}

function isRowMajor(shape: Shape, strides: readonly number[]): boolean {
  return shape.every((dim, i) => dim === 1 || strides[i] === sizeOf(shape.slice(i + 1)));
}

/** Copies a strided view of `data` into a row-major tensor. */
function gather(data: Float32Array, shape: Shape, strides: readonly number[]): FloatTensor {
  const tensor = float32(shape);
  const columns = shape.at(-1) ?? 1;
  const columnStride = strides.at(-1) ?? 1;
  const index = shape.map(() => 0);
  for (let at = 0; at < tensor.data.length; at += columns) {
    const start = index.reduce((sum, i, axis) => sum + i * strides[axis], 0);
    for (let i = 0; i < columns; i++) tensor.data[at + i] = data[start + i * columnStride];
    advance(index, shape);
  }
  return tensor;
}

/** Steps an index over every axis but the last. */
function advance(index: number[], shape: Shape): void {
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    index[axis] += 1;
    if (index[axis] !== shape[axis]) return;
    index[axis] = 0;
  }
}
