import type { FloatTensor } from '../core/tensor.ts';
import { float16Bits } from '../formats/float-formats.ts';
import { replaceFile } from './atomic.ts';

export interface SafetensorsOptions {
  /** Stored format, F32 unless given. */
  readonly dtype?: 'F32' | 'F16';
  readonly metadata?: Readonly<Record<string, string>>;
}

const pieceValues = 1 << 18;

/** Writes tensors as a safetensors file, whole or not at all, one piece of one tensor at a time. */
export function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, FloatTensor>>,
  options: SafetensorsOptions = {},
): Promise<void> {
  return replaceFile(path, async (handle) => {
    await handle.writeFile(header(tensors, options));
    for (const { data } of Object.values(tensors)) {
      for (let start = 0; start < data.length; start += pieceValues) {
        await handle.writeFile(encode(data.subarray(start, start + pieceValues), options.dtype));
      }
    }
  });
}

function header(tensors: Readonly<Record<string, FloatTensor>>, options: SafetensorsOptions): Uint8Array {
  const dtype = options.dtype ?? 'F32';
  const entries: Record<string, unknown> = options.metadata ? { __metadata__: options.metadata } : {};
  let at = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const end = at + data.length * (dtype === 'F32' ? 4 : 2);
    entries[name] = { dtype, shape, data_offsets: [at, end] };
    at = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(entries));
  // Spaces up to a multiple of 8 keep the tensors aligned, as the format asks.
  const bytes = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
  bytes.set(json, 8);
  return bytes;
}

function encode(values: Float32Array, dtype: 'F32' | 'F16' = 'F32'): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = float16Bits(values[i] ?? 0);
  return new Uint8Array(halves.buffer);
}
