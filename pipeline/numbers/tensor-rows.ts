import type { FloatTensor } from './tensor.ts';

/** Copies row `from` of a matrix [row, column] to row `to` of another as wide. */
export function copyRow({ shape: [, columns], data }: FloatTensor, from: number, into: FloatTensor, to: number): void {
  into.data.set(data.subarray(from * columns, (from + 1) * columns), to * columns);
}
