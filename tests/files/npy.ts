/** An array as np.save writes it: a padded header, then the values. */
export function npy(
  descr: string,
  shape: string,
  values: ArrayBufferView,
  { isColumnMajor = false, version = 1 } = {},
) {
  const order = isColumnMajor ? 'True' : 'False';
  const dict = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const begin = version === 1 ? 10 : 12;
  const header = `${dict.padEnd(Math.ceil((begin + dict.length + 1) / 64) * 64 - begin - 1)}\n`;
  const fixed = new Uint8Array(begin);
  fixed.set([0x93, ...Buffer.from('NUMPY'), version, 0]);
  if (version === 1) new DataView(fixed.buffer).setUint16(8, header.length, true);
  else new DataView(fixed.buffer).setUint32(8, header.length, true);
  return Buffer.concat([fixed, Buffer.from(header), Buffer.from(values.buffer)]);
}
