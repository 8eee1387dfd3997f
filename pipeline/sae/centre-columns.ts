import type { FloatTensor } from '../numbers/tensor.ts';

/** Subtracts each column's mean from it, in place: x·w is then (x − mean(x))·w of before. w [dIn, dSae], float64 sums. */
export function centreColumns({ shape: [dIn = 1, dSae = 1], data }: FloatTensor): void {
  const means = new Float64Array(dSae);
  for (let i = 0; i < data.length; i++) means[i % dSae] += data[i] / dIn;
  for (let i = 0; i < data.length; i++) data[i] -= means[i % dSae];
}
