import type { HostTensors } from '../engine/program.ts';
import { type FloatTensor, float32 } from '../numbers/tensor.ts';

/** An output of a program that must be there, as float32. */
export function floatsOf(outputs: HostTensors, name: string): FloatTensor {
  const tensor = outputs[name];
  if (!(tensor?.data instanceof Float32Array)) throw new Error(`the program gave no float32 ${name}`);
  return float32(tensor.shape, tensor.data);
}
