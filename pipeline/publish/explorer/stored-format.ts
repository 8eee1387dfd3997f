import { float16Bits, float16Value } from '../../files/float-formats.ts';
import type { StoredFormat } from '../../files/safetensors/safetensors-writer.ts';
import type { FloatTensor } from '../../numbers/tensor.ts';

/** From here on float16 rounds to infinity. */
const float16Overflow = 65_520;

/**
 * How a tensor is published: matrices in 16 bits where these lose nothing, as of checkpoints in float16 or bfloat16; else,
 * unless `isLossless`, rounded to float16 where none of their values overflows it; all other tensors as float32.
 */
export function storedFormat({ shape, data }: FloatTensor, isLossless: boolean): StoredFormat {
  if (shape.length < 2) return 'F32';
  if (isBfloat16(data)) return 'BF16';
  const fits = isLossless ? isFloat16 : (value: number) => Math.abs(value) < float16Overflow;
  for (let i = 0; i < data.length; i++) if (!fits(data[i])) return 'F32';
  return 'F16';
}

const isFloat16 = (value: number) => float16Value(float16Bits(value)) === value;

/** Whether the lower half of every float32's bits is 0. */
function isBfloat16(data: Float32Array): boolean {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  for (let i = 0; i < bits.length; i++) if ((bits[i] & 0xffff) !== 0) return false;
  return true;
}
