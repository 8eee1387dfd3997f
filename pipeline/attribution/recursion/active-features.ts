/** The active features of one layer over some positions, by position, then feature; all arrays are of one length. */
export interface ActiveFeatures {
  readonly features: Int32Array;
  readonly sources: Int32Array;
  readonly values: Float32Array;
}

/** Collects the positive entries of f [position, dSae]. */
export function activeFeatures(f: Float32Array, dSae: number): ActiveFeatures {
  let count = 0;
  for (let i = 0; i < f.length; i++) if (f[i] > 0) count++;
  const active = {
    features: new Int32Array(count),
    sources: new Int32Array(count),
    values: new Float32Array(count),
  };
  let row = 0;
  for (let i = 0; i < f.length; i++) {
    const value = f[i];
    if (!(value > 0)) continue;
    active.features[row] = i % dSae;
    active.sources[row] = Math.floor(i / dSae);
    active.values[row] = value;
    row++;
  }
  return active;
}
