/** Rows in the order of their 16-bit keys, ties in the order in which they come. */
export function sortRows(rows: Uint32Array, keys: Uint16Array, descending: boolean): Uint32Array {
  const places = new Uint32Array(2 ** 16 + 1);
  const flip = descending ? 2 ** 16 - 1 : 0;
  for (let i = 0; i < rows.length; i++) places[(keys[i] ^ flip) + 1] += 1;
  for (let key = 1; key < places.length; key++) places[key] += places[key - 1];
  const sorted = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) sorted[places[keys[i] ^ flip]++] = rows[i];
  return sorted;
}
