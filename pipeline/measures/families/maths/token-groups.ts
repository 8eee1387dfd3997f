/**
 * Of each source 1 … position the first of the same token class, [position + 1]; BOS, at 0, is no occurrence of a token.
 * They are found through an open table of hashes that is at most half full.
 */
export function firstOfClass(classes: ArrayLike<number>, position: number): Int32Array {
  const bits = 33 - Math.clz32(position | 1);
  const places = new Int32Array(1 << bits);
  const first = new Int32Array(position + 1);
  for (let s = 1; s <= position; s++) {
    let place = Math.imul(classes[s], 0x9e3779b1) >>> (32 - bits);
    while (places[place] !== 0 && classes[places[place]] !== classes[s]) place = (place + 1) & (places.length - 1);
    if (places[place] === 0) places[place] = s;
    first[s] = places[place];
  }
  return first;
}
