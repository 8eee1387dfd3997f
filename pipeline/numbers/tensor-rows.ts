import type { FloatTensor } from './tensor.ts';

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
