import { type FloatTensor, float32 } from '../numbers/tensor.ts';

/** A number as a tensor of no dimensions. */
export const scalarTensor = (value: number): FloatTensor => float32([], Float32Array.of(value));
