/**
 * Integers as planes of bytes: the lowest byte of all, then the next of all. The high bytes of neighbours are much alike,
 * which gzip does not see where they alternate with low ones.
 */
export function encodePlanes(values: ArrayLike<number>, bytes: number): Uint8Array<ArrayBuffer> {
  const { length } = values;
  const planes = new Uint8Array(length * bytes);
  for (let plane = 0; plane < bytes; plane++) {
    for (let i = 0; i < length; i++) planes[plane * length + i] = values[i] >>> (8 * plane);
  }
  return planes;
}

/** Two bytes become 16-bit integers, three or four 32-bit ones. */
export function decodePlanes(planes: Uint8Array, bytes: 2): Uint16Array;
export function decodePlanes(planes: Uint8Array, bytes: number): Uint16Array | Uint32Array;
export function decodePlanes(planes: Uint8Array, bytes: number): Uint16Array | Uint32Array {
  const length = planes.length / bytes;
  const values = bytes === 2 ? new Uint16Array(length) : new Uint32Array(length);
  for (let plane = 0; plane < bytes; plane++) {
    for (let i = 0; i < length; i++) values[i] |= planes[plane * length + i] << (8 * plane);
  }
  return values;
}
