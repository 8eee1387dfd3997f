import { eigenvalues } from '../../../numbers/eigenvalues.ts';

/**
 * Singular values of aᵀ·b, highest first, from the Grams a·aᵀ and b·bᵀ, both [n, n]: their squares are the eigenvalues of
 * the product of the two.
 */
export function singularValues(gramA: ArrayLike<number>, gramB: ArrayLike<number>, n: number): Float64Array {
  const squares = eigenvalues(squareProduct(gramA, gramB, n), n).map(([re]) => Math.max(0, re));
  return Float64Array.from(squares, Math.sqrt).sort().reverse();
}

/** ‖aᵀ·b‖_F from the same: √tr(a·aᵀ·b·bᵀ). */
export function frobeniusNorm(gramA: ArrayLike<number>, gramB: ArrayLike<number>): number {
  let trace = 0;
  for (let i = 0; i < gramA.length; i++) trace += gramA[i] * gramB[i];
  return Math.sqrt(Math.max(0, trace));
}

/**
 * Effective rank exp(−Σ p·ln p) with p = σ/Σσ: as many directions as equal singular values would take; 0 for none.
 * Source: Roy, Vetterli 2007, "The effective rank: a measure of effective dimensionality", EUSIPCO.
 */
export function effectiveRank(singular: ArrayLike<number>): number {
  const values = Array.from(singular).filter((value) => value > 0);
  const total = values.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  return Math.exp(-values.reduce((sum, value) => sum + (value / total) * Math.log(value / total), 0));
}

/** Product of two row-major [n, n] matrices, in float64. */
function squareProduct(a: ArrayLike<number>, b: ArrayLike<number>, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let k = 0; k < n; k++) {
      const factor = a[row * n + k];
      for (let column = 0; column < n; column++) {
        product[row * n + column] = product[row * n + column] + factor * b[k * n + column];
      }
    }
  }
  return product;
}
