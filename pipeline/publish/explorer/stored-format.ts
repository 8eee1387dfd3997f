import type { StoredFormat } from '../../files/safetensors/safetensors-writer.ts';
import type { FloatTensor } from '../../numbers/tensor.ts';

/** From here on float16 rounds to infinity. */
const float16Overflow = 65_520;

/** How a tensor is published: matrices as float16 where none of their values overflows it, all else as float32. */
export function storedFormat({ shape, data }: FloatTensor): StoredFormat {
  if (shape.length < 2) return 'F32';
  for (let i = 0; i < data.length; i++) if (Math.abs(data[i]) >= float16Overflow) return 'F32';
  return 'F16';
}
