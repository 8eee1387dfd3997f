/** The floating-point formats of stored tensors, little-endian; all are read as float32. */
export type FloatFormat = 'F64' | 'F32' | 'F16' | 'BF16';

export const bytesPerValue: Readonly<Record<FloatFormat, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

/** Decodes bytes of one format into `target` from index `start` on. */
export function decodeFloats(format: FloatFormat, bytes: Uint8Array, target: Float32Array, start: number): void {
  const count = bytes.byteLength / bytesPerValue[format];
  if (format === 'F16' || format === 'BF16') {
    decodeHalves(format === 'F16' ? float16Table() : undefined, bytes, target, start, count);
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'F32') for (let i = 0; i < count; i++) target[start + i] = view.getFloat32(i * 4, true);
  else for (let i = 0; i < count; i++) target[start + i] = view.getFloat64(i * 8, true);
}

/** bfloat16 is the upper half of a float32; float16 goes by a table of its 65,536 values. */
function decodeHalves(
  table: Float32Array | undefined,
  bytes: Uint8Array,
  target: Float32Array,
  start: number,
  count: number,
): void {
  const halves = halvesOf(bytes, count);
  if (table) {
    for (let i = 0; i < count; i++) target[start + i] = table[halves[i]];
    return;
  }
  const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let i = 0; i < count; i++) bits[start + i] = halves[i] << 16;
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Little-endian 16-bit numbers, read in place where the machine can. */
function halvesOf(bytes: Uint8Array, count: number): Uint16Array {
  if (isLittleEndian && bytes.byteOffset % 2 === 0) return new Uint16Array(bytes.buffer, bytes.byteOffset, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: count }, (_, i) => view.getUint16(i * 2, true));
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

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** The IEEE 754 binary16 bits nearest to a float32, ties to even; from 65,520 on it is infinity. */
export function float16Bits(value: number): number {
  scratch[0] = value;
  const bits = scratchBits[0];
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 255) - 112; // the bias of binary32 is 127, of binary16 15
  const fraction = bits & 0x7fffff;
  if (exponent >= 31) return sign | (Number.isNaN(value) ? 0x7e00 : 0x7c00);
  if (exponent < -10) return sign;
  // A rounding that carries out of the fraction adds to the exponent, as it should.
  if (exponent > 0) return sign | shiftTiesToEven((exponent << 23) | fraction, 13);
  return sign | shiftTiesToEven(fraction | 0x800000, 14 - exponent);
}

function shiftTiesToEven(value: number, shift: number): number {
  const low = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (low & 1) === 1) ? low + 1 : low;
}

/** Where float16 has all of its fraction, and no more than its range: the bits of 2⁻¹⁴ and of 65,520 as float32. */
const [LEAST_NORMAL, FIRST_INFINITE] = [0x38800000, 0x477ff000];
/** The difference of the exponents' biases, 127 − 15. */
const REBIAS = 112 << 23;

/** float16Bits of each value. */
export function encodeHalves(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const own = bits[i];
    const size = own & 0x7fffffff;
    halves[i] =
      size >= LEAST_NORMAL && size < FIRST_INFINITE
        ? ((own >>> 16) & 0x8000) | ((size - REBIAS + 0xfff + ((size >>> 13) & 1)) >>> 13)
        : float16Bits(values[i]);
  }
  return halves;
}

/** The bfloat16 bits of a float32 whose lower half is 0. */
export function bfloat16Bits(value: number): number {
  scratch[0] = value;
  return scratchBits[0] >>> 16;
}
