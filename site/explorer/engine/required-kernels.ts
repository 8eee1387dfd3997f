import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../../../pipeline/errors/user-error.ts';

/** Every tfjs kernel that the explorer's computation calls. */
export const requiredKernels = [
  'Add',
  'BatchMatMul',
  'Concat',
  'Equal',
  'Erf',
  'ExpandDims',
  'GatherV2',
  'Greater',
  'Identity',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalOr',
  'Mean',
  'Multiply',
  'Pack',
  'Range',
  'RealDiv',
  'Relu',
  'Reshape',
  'Select',
  'Slice',
  'Softmax',
  'Sqrt',
  'Square',
  'Sub',
  'Sum',
  'Tanh',
  'Tile',
  'TopK',
  'Transpose',
  'ZerosLike',
] as const;

/** Throws UserError where the current backend lacks a kernel that will be called. */
export function checkKernels(): void {
  const backend = tf.getBackend();
  const there = new Set(tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName));
  const missing = requiredKernels.filter((name) => !there.has(name));
  if (missing.length > 0) throw new UserError(`backend ${backend} cannot compute ${missing.join(', ')}`);
}
