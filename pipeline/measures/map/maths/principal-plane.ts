import type { Moments } from './moments.ts';

/** The plane through the mean in which vectors of width d differ most. */
export interface PrincipalPlane {
  readonly mean: Float64Array;
  /** Two orthonormal directions, the first that of greatest variance; each one's largest element is positive. */
  readonly axes: readonly [Float64Array, Float64Array];
  /** Share of the variance that lies in it, 0 where there is none. */
  readonly share: number;
}

const iterations = 300;

/**
 * The first two principal components of vectors, by orthogonal iteration Q ← orthonormal(C·Q) from fixed directions, so that
 * equal moments give equal bytes. Where eigenvalues are all but equal the plane is one of several that are as good.
 * Source: Golub, Van Loan, Matrix Computations, 4th edition, section 8.2.4.
 */
export function principalPlane(moments: Moments): PrincipalPlane {
  const { mean, width } = moments;
  const covariance = moments.covariance();
  const total = trace(covariance, width);
  let axes = orthonormal([slanted(width, 1), slanted(width, 2)]);
  if (total <= moments.rounding) return { mean, axes, share: 0 };
  for (let i = 0; i < iterations; i++) {
    axes = orthonormal([times(covariance, axes[0]), times(covariance, axes[1])]);
  }
  const variances = axes.map((axis) => dot(axis, times(covariance, axis)));
  return { mean, axes, share: Math.min(1, (variances[0] + variances[1]) / total) };
}

/** Where `count` rows [row, d] lie in the plane: x and y a row. */
export function projected({ mean, axes }: PrincipalPlane, rows: Float32Array, count: number): Float64Array {
  const width = mean.length;
  const offsets = axes.map((axis) => dot(axis, mean));
  const places = new Float64Array(2 * count);
  for (let row = 0; row < count; row++) {
    const own = rows.subarray(row * width, (row + 1) * width);
    for (const [i, axis] of axes.entries()) places[2 * row + i] = dot(axis, own) - offsets[i];
  }
  return places;
}

type Pair = readonly [Float64Array, Float64Array];

/** A direction that no symmetry of a covariance is likely to be orthogonal to. */
const slanted = (width: number, frequency: number): Float64Array =>
  Float64Array.from({ length: width }, (_, i) => 1 + Math.sin(frequency * (i + 1)));

function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const width = vector.length;
  return vector.map((_, row) => dot(matrix.subarray(row * width, (row + 1) * width), vector));
}

/** By Gram and Schmidt; a second direction that vanishes is replaced by any that is orthogonal to the first. */
function orthonormal([a, b]: Pair): Pair {
  const first = unit(a);
  const rest = without(b, first);
  const second = unit(norm(rest) > 1e-12 * (norm(b) || 1) ? rest : without(leastOf(first), first));
  return [first, second];
}

const without = (vector: Float64Array, axis: Float64Array): Float64Array => {
  const part = dot(vector, axis);
  return vector.map((value, i) => value - part * axis[i]);
};

/** The unit vector along the smallest element. */
function leastOf(axis: Float64Array): Float64Array {
  const least = axis.reduce((at, value, i) => (Math.abs(value) < Math.abs(axis[at]) ? i : at), 0);
  return axis.map((_, i) => (i === least ? 1 : 0));
}

function unit(vector: Float64Array): Float64Array {
  const size = norm(vector);
  const largest = vector.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  const scale = largest < 0 ? -size : size;
  return vector.map((value) => (scale === 0 ? 0 : value / scale));
}

const norm = (vector: Float64Array): number => Math.sqrt(dot(vector, vector));

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function trace(matrix: Float64Array, width: number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += matrix[i * width + i];
  return sum;
}
