/** The active features of one layer over some positions, by position, then feature; all arrays are of one length. */
export interface ActiveFeatures {
  readonly features: Int32Array;
  readonly sources: Int32Array;
  readonly values: Float32Array;
}

/** Collects the positive entries of f [position, dSae]. */
export function activeFeatures(f: Float32Array, dSae: number): ActiveFeatures {
  const at: number[] = [];
  for (let i = 0; i < f.length; i++) if ((f[i] ?? 0) > 0) at.push(i);
  return {
    features: Int32Array.from(at, (i) => i % dSae),
    sources: Int32Array.from(at, (i) => Math.floor(i / dSae)),
    values: Float32Array.from(at, (i) => f[i] ?? 0),
  };
}
