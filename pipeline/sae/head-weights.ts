import type { Sae } from './sae.ts';

/**
 * Head weights of feature i: ‖wDec[i]^h‖₂ / Σ_h' ‖wDec[i]^h'‖₂, the share of its decoder row in each head's slice.
 * Zero for every head when the row is zero.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 3.1.
 */
export function headWeights(sae: Sae, feature: number, nHeads: number): Float32Array {
  const dHead = sae.dIn / nHeads;
  const row = sae.wDec.data.subarray(feature * sae.dIn, (feature + 1) * sae.dIn);
  const norms = Array.from({ length: nHeads }, (_, head) => norm(row.subarray(head * dHead, (head + 1) * dHead)));
  const total = norms.reduce((sum, value) => sum + value, 0);
  return Float32Array.from(norms, (value) => (total > 0 ? value / total : 0));
}

function norm(values: Float32Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}
