import { type FloatTensor, float32 } from './tensor.ts';

/** Each row of a matrix [rows, width] over its norm, in a copy; a row of zeros stays. */
export function unitRows({ data, shape }: FloatTensor): FloatTensor {
  const unit = float32(shape, Float32Array.from(data));
  const [rows, width] = shape;
  for (let index = 0; index < rows; index++) {
    const row = unit.data.subarray(index * width, (index + 1) * width);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (norm > 0)
      row.forEach((value, d) => {
        row[d] = value / norm;
      });
  }
  return unit;
}
