const PLACES = 2 ** 21;

/**
 * The places 0…n−1 in the order of their values, ties by place. Values are at least 0 and finite.
 * A float32's bits sort as its value does, so 32 bits of value and 21 of place make one exact double to sort.
 */
export function orderOf(values: ArrayLike<number>, descending: boolean): Uint32Array {
  if (values.length > PLACES) throw new RangeError(`cannot order ${values.length} values, at most ${PLACES}`);
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  const keys = new Float64Array(bits.length);
  for (let place = 0; place < keys.length; place++) {
    keys[place] = (descending ? 2 ** 32 - 1 - bits[place] : bits[place]) * PLACES + place;
  }
  keys.sort();
  const order = new Uint32Array(keys.length);
  for (let i = 0; i < order.length; i++) order[i] = keys[i] % PLACES;
  return order;
}
