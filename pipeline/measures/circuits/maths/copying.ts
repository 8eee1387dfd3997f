import { eigenvalues, modulus } from '../../../numbers/eigenvalues.ts';

/**
 * Copying measure Σλ/Σ|λ| of the eigenvalues of a head's token-to-token matrix Ê·W_OV·Ŵ_U (TERMS.md): 1 where it raises
 * the logit of whatever it reads, −1 where it lowers it, 0 for a zero matrix. They are those of `small` [n, n], n = dHead,
 * the same product begun at W_OV's output: left·right and right·left share their eigenvalues but for zeros.
 * Source: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits", copying heads; Ŵ_U is centred, as by
 * TransformerLens's center_unembed, since a logit added to every token alike changes no prediction.
 */
export function copyingScore(small: ArrayLike<number>, n: number): number {
  const values = eigenvalues(small, n);
  const total = values.reduce((sum, value) => sum + modulus(value), 0);
  return total > 0 ? values.reduce((sum, [re]) => sum + re, 0) / total : 0;
}
