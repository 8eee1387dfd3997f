/** A complex number, as [real, imaginary]. */
export type Complex = readonly [re: number, im: number];

const iterationsPerEigenvalue = 60;

/**
 * Eigenvalues of a real square matrix, row-major [n, n], in no order: Householder reduction to Hessenberg form, then
 * QR steps by Givens rotations with Wilkinson's shift, in complex float64. Throws Error when they do not settle.
 * Source: Golub, Van Loan, Matrix Computations, 4th edition, sections 7.4 and 7.5.
 */
export function eigenvalues(matrix: ArrayLike<number>, n: number): Complex[] {
  const h = new Hessenberg(matrix, n);
  const found: Complex[] = [];
  let last = n - 1;
  for (let iteration = 0; last >= 0; ) {
    const first = h.blockEndingAt(last);
    if (first === last) {
      found.push(h.at(last, last));
      last--;
      iteration = 0;
      continue;
    }
    if (++iteration > iterationsPerEigenvalue) throw new Error(`eigenvalues of a [${n}, ${n}] matrix do not settle`);
    h.step(first, last, iteration % 10 === 0 ? h.unusualShift(last) : h.wilkinsonShift(last));
  }
  return found;
}

/** A complex upper Hessenberg matrix, changed in place by similarity. */
class Hessenberg {
  readonly #n: number;
  readonly #re: Float64Array;
  readonly #im: Float64Array;

  constructor(matrix: ArrayLike<number>, n: number) {
    this.#n = n;
    this.#re = reduced(matrix, n);
    this.#im = new Float64Array(n * n);
  }

  at(row: number, column: number): Complex {
    const i = row * this.#n + column;
    return [this.#re[i], this.#im[i]];
  }

  /** Row at which the last block that no longer falls apart begins. */
  blockEndingAt(last: number): number {
    for (let row = last; row > 0; row--) {
      const size = modulus(this.at(row, row)) + modulus(this.at(row - 1, row - 1));
      if (modulus(this.at(row, row - 1)) <= Number.EPSILON * (size > 0 ? size : 1)) return row;
    }
    return 0;
  }

  /** The eigenvalue of the last two rows and columns that is nearer to the last element. */
  wilkinsonShift(last: number): Complex {
    const [a, b, c, d] = [
      this.at(last - 1, last - 1),
      this.at(last - 1, last),
      this.at(last, last - 1),
      this.at(last, last),
    ];
    const half: Complex = [(a[0] - d[0]) / 2, (a[1] - d[1]) / 2];
    const root = squareRoot(plus(times(half, half), times(b, c)));
    const nearer = half[0] * root[0] + half[1] * root[1] > 0 ? -1 : 1;
    return plus(plus(d, half), [nearer * root[0], nearer * root[1]]);
  }

  /** Breaks the cycles that Wilkinson's shift can fall into. */
  unusualShift(last: number): Complex {
    return plus(this.at(last, last), [modulus(this.at(last, last - 1)), 0]);
  }

  /** One step H − μ = QR, H ← RQ + μ on the block from `first` to `last`. */
  step(first: number, last: number, shift: Complex): void {
    const rotations: Rotation[] = [];
    for (let i = first; i <= last; i++) this.#add(i, i, [-shift[0], -shift[1]]);
    for (let i = first; i < last; i++) {
      const rotation = rotationOf(this.at(i, i), this.at(i + 1, i));
      rotations.push(rotation);
      for (let j = i; j <= last; j++) this.#rotate(i * this.#n + j, (i + 1) * this.#n + j, rotation);
    }
    rotations.forEach(([c, [re, im]], k) => {
      const i = first + k;
      const conjugate: Rotation = [c, [re, -im]];
      for (let row = first; row <= Math.min(i + 2, last); row++) {
        this.#rotate(row * this.#n + i, row * this.#n + i + 1, conjugate);
      }
    });
    for (let i = first; i <= last; i++) this.#add(i, i, shift);
  }

  #add(row: number, column: number, [re, im]: Complex): void {
    const i = row * this.#n + column;
    this.#re[i] += re;
    this.#im[i] += im;
  }

  /** x ← c·x + s·y, y ← −s̄·x + c·y at two places. */
  #rotate(x: number, y: number, [c, [sr, si]]: Rotation): void {
    const [re, im] = [this.#re, this.#im];
    const [xr, xi, yr, yi] = [re[x], im[x], re[y], im[y]];
    re[x] = c * xr + sr * yr - si * yi;
    im[x] = c * xi + sr * yi + si * yr;
    re[y] = c * yr - sr * xr - si * xi;
    im[y] = c * yi - sr * xi + si * xr;
  }
}

type Rotation = readonly [c: number, s: Complex];

/** The rotation that takes (x, y) to (·, 0): c = |x|/r, s = x/|x|·ȳ/r. */
function rotationOf(x: Complex, y: Complex): Rotation {
  const [sizeX, sizeY] = [modulus(x), modulus(y)];
  if (sizeX === 0) return sizeY === 0 ? [1, [0, 0]] : [0, [y[0] / sizeY, -y[1] / sizeY]];
  const r = Math.hypot(sizeX, sizeY);
  const s = times([x[0] / sizeX, x[1] / sizeX], [y[0] / r, -y[1] / r]);
  return [sizeX / r, s];
}

/** A similar matrix that is zero below its first subdiagonal. */
function reduced(matrix: ArrayLike<number>, n: number): Float64Array {
  const a = Float64Array.from(matrix);
  for (let k = 0; k < n - 2; k++) {
    const v = reflector(a, n, k);
    if (!v) continue;
    for (let column = 0; column < n; column++) reflect(a, v, (row) => (k + 1 + row) * n + column);
    for (let row = 0; row < n; row++) reflect(a, v, (column) => row * n + k + 1 + column);
  }
  return a;
}

/** Unit vector whose reflection leaves of column k only the element below the diagonal. */
function reflector(a: Float64Array, n: number, k: number): Float64Array | undefined {
  const v = Float64Array.from({ length: n - k - 1 }, (_, row) => a[(k + 1 + row) * n + k]);
  const [first = 0] = v;
  v[0] = first + (first >= 0 ? 1 : -1) * norm(v);
  const size = norm(v);
  return size > 0 ? v.map((value) => value / size) : undefined;
}

const norm = (v: Float64Array): number => v.reduce((size, value) => Math.hypot(size, value), 0);

/** x ← x − 2·v·(v·x) for the elements x of a at the given places. */
function reflect(a: Float64Array, v: Float64Array, place: (i: number) => number): void {
  let product = 0;
  for (let i = 0; i < v.length; i++) product += v[i] * a[place(i)];
  for (let i = 0; i < v.length; i++) a[place(i)] -= 2 * product * v[i];
}

const plus = (a: Complex, b: Complex): Complex => [a[0] + b[0], a[1] + b[1]];
const times = (a: Complex, b: Complex): Complex => [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]];
export const modulus = ([re, im]: Complex): number => Math.hypot(re, im);

function squareRoot(a: Complex): Complex {
  const size = modulus(a);
  const re = Math.sqrt((size + Math.abs(a[0])) / 2);
  if (re === 0) return [0, 0];
  const im = a[1] / (2 * re);
  return a[0] >= 0 ? [re, im] : [Math.abs(im), a[1] >= 0 ? re : -re];
}
