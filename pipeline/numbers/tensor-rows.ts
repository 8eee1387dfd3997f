import { type FloatTensor, float32, type IntTensor, int32, sizeOf } from './tensor.ts';

/** Copies a row of a matrix [row, column] into `target` [column]; of a tensor in a file no more than that is read. */
export function readRow(matrix: FloatTensor, row: number, target: Float32Array): void {
  const [, columns] = matrix.shape;
  if (matrix.file) matrix.file.read(target, row * columns);
  else target.set(matrix.data.subarray(row * columns, (row + 1) * columns));
}

/** Copies row `from` of a matrix to row `to` of another as wide. */
export function copyRow(matrix: FloatTensor, from: number, into: FloatTensor, to: number): void {
  const [, columns] = matrix.shape;
  readRow(matrix, from, into.data.subarray(to * columns, (to + 1) * columns));
}

/** Some rows of a matrix [row, column] as a matrix of their own, its values where they are. */
export function someRows(matrix: FloatTensor, first: number, count: number): FloatTensor {
  const [, columns] = matrix.shape;
  const [shape, before] = [[count, columns], first * columns];
  const { file } = matrix;
  if (!file) return float32(shape, matrix.data.subarray(before, before + count * columns));
  return {
    shape,
    dtype: 'float32',
    file: {
      path: file.path,
      before: before + (file.before ?? 0),
      read: (into, at) => file.read(into, before + at),
    },
    get data() {
      const values = new Float32Array(count * columns);
      file.read(values, before);
      return values;
    },
  };
}

/** One item of a tensor's first axis, its values where they are in memory. */
export function itemOf(tensor: FloatTensor, index: number): FloatTensor;
export function itemOf(tensor: IntTensor, index: number): IntTensor;
export function itemOf({ shape: [, ...shape], dtype, data }: FloatTensor | IntTensor, index: number) {
  const size = sizeOf(shape);
  const [from, to] = [index * size, (index + 1) * size];
  return dtype === 'float32' ? float32(shape, data.subarray(from, to)) : int32(shape, data.subarray(from, to));
}
