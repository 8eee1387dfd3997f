import { type Checksum, emptyChecksum, extendChecksum } from '../../disk/checksum.ts';
import { replaceFile } from '../../disk/replace-file.ts';
import type { FloatTensor } from '../../numbers/tensor.ts';
import { bfloat16Bits, bytesPerValue, float16Bits } from '../float-formats.ts';

export type StoredFormat = 'F32' | 'F16' | 'BF16';

export interface SafetensorsOptions {
  /** Stored format, F32 unless given; of each tensor, or of all. */
  readonly dtype?: StoredFormat | ((tensor: FloatTensor) => StoredFormat);
  readonly metadata?: Readonly<Record<string, string>>;
}

const pieceValues = 1 << 18;

/** Writes tensors as a safetensors file, whole or not at all, one piece of one tensor at a time; what it then holds. */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, FloatTensor>>,
  options: SafetensorsOptions = {},
): Promise<Checksum> {
  const { dtype = 'F32', metadata } = options;
  const formatOf = typeof dtype === 'function' ? dtype : () => dtype;
  const stored = Object.entries(tensors).map(([name, tensor]) => ({ name, tensor, format: formatOf(tensor) }));
  let written = emptyChecksum;
  await replaceFile(path, async (file) => {
    const write = async (bytes: Uint8Array) => {
      await file.write(bytes);
      written = extendChecksum(written, bytes);
    };
    await write(header(stored, metadata));
    for (const { tensor, format } of stored) {
      for (let start = 0; start < tensor.data.length; start += pieceValues) {
        await write(encode(tensor.data.subarray(start, start + pieceValues), format));
      }
    }
  });
  return written;
}

interface StoredTensor {
  readonly name: string;
  readonly tensor: FloatTensor;
  readonly format: StoredFormat;
}

function header(tensors: readonly StoredTensor[], metadata: SafetensorsOptions['metadata']): Uint8Array {
  const entries: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  let at = 0;
  for (const { name, tensor, format } of tensors) {
    const end = at + tensor.data.length * bytesPerValue[format];
    entries[name] = { dtype: format, shape: tensor.shape, data_offsets: [at, end] };
    at = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(entries));
  // Spaces up to a multiple of 8 keep the tensors aligned, as the format asks.
  const bytes = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
  bytes.set(json, 8);
  return bytes;
}

function encode(values: Float32Array, dtype: StoredFormat): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const halves = new Uint16Array(values.length);
  const bitsOf = dtype === 'F16' ? float16Bits : bfloat16Bits;
  for (let i = 0; i < values.length; i++) halves[i] = bitsOf(values[i]);
  return new Uint8Array(halves.buffer);
}
