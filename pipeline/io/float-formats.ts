/** The floating-point formats of stored tensors, little-endian; all are read as float32. */
export type FloatFormat = 'F64' | 'F32' | 'F16' | 'BF16';

export const bytesPerValue: Readonly<Record<FloatFormat, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

/** Decodes bytes of one format into `target` from index `start` on. */
export function decodeFloats(format: FloatFormat, bytes: Uint8Array, target: Float32Array, start: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.byteLength / bytesPerValue[format];
  if (format === 'F32') for (let i = 0; i < count; i++) target[start + i] = view.getFloat32(i * 4, true);
  else if (format === 'F64') for (let i = 0; i < count; i++) target[start + i] = view.getFloat64(i * 8, true);
  else decodeHalves(format === 'F16' ? float16Table() : undefined, view, target, start, count);
}

/** bfloat16 is the upper half of a float32; float16 goes by a table of its 65,536 values. */
function decodeHalves(
  table: Float32Array | undefined,
  view: DataView,
  target: Float32Array,
  start: number,
  count: number,
): void {
  if (table) {
    for (let i = 0; i < count; i++) target[start + i] = table[view.getUint16(i * 2, true)] ?? 0;
    return;
  }
  const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let i = 0; i < count; i++) bits[start + i] = view.getUint16(i * 2, true) << 16;
}

let float16Values: Float32Array | undefined;

function float16Table(): Float32Array {
  float16Values ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => float16Value(bits));
  return float16Values;
}

/** The value of IEEE 754 binary16 bits. */
export function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The IEEE 754 binary16 bits nearest to a value, ties to even; past 65,504 it is infinity. */
export function float16Bits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  const exponent = size < 2 ** -14 ? -14 : Math.floor(Math.log2(size));
  const scaled = roundTiesToEven(size * 2 ** (10 - exponent));
  // A normal number's scaled fraction is 1024…2048: adding carries into the exponent by itself.
  return sign | (size < 2 ** -14 ? scaled : ((exponent + 14) << 10) + scaled);
}

function roundTiesToEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low;
}
