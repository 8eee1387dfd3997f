import { readFileSync } from 'node:fs';
import wabt from 'wabt';

/** Entries (feature, value) grouped by token: those of token t are rowStart[t] … rowStart[t + 1] − 1. */
export interface Entries {
  readonly rowStart: Int32Array;
  readonly features: Int32Array;
  readonly values: Float32Array;
}

/** How Adam changes parameters in one step. */
interface AdamStep {
  /** The gradient is multiplied by it. */
  readonly clip: number;
  /** Learning rate times bias correction. */
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

interface AdamArrays {
  readonly p: Float32Array;
  readonly g: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

/** What compactAmong looks for, and where what it finds goes. */
interface Among {
  /** One a number of x; padded to a multiple of 16 with infinity. */
  readonly floors: Float32Array;
  readonly positions: Int32Array;
  readonly values: Float32Array;
}

/**
 * Row operations of kernels.wat. Every array is a view of the memory they were made for; `width` is the floats of a
 * row, a multiple of 16.
 */
export interface Kernels {
  /** out[t] += Σ value·rows[feature] over the entries of each token */
  decode(out: Float32Array, rows: Float32Array, entries: Entries, width: number): void;
  /** dots[entry] = x[t]·rows[feature] */
  dots(dots: Float32Array, x: Float32Array, rows: Float32Array, entries: Entries, width: number): void;
  /** rows[feature] += value·x[t] */
  scatter(rows: Float32Array, x: Float32Array, entries: Entries, width: number): void;
  /** Positions and values of what is above `least` in x, in order; returns their number, and stops at `most`. */
  compact(x: Float32Array, least: number, positions: Int32Array, values: Float32Array, most: number): number;
  /** As compact, of what is above its own floor too; `positions` and `values` have room for all of x. */
  compactAmong(x: Float32Array, least: number, among: Among): number;
  /** x *= factor */
  scale(x: Float32Array, factor: number): void;
  /** out[row] = bias − x[row] */
  lessRows(out: Float32Array, bias: Float32Array, x: Float32Array): void;
  /** sums += Σ rows */
  addRows(sums: Float32Array, rows: Float32Array): void;
  /** out[row] = direction·rows[row] */
  rowDots(out: Float32Array, direction: Float32Array, rows: Float32Array): void;
  /** The greatest of x·row over rows, at least −1 */
  greatestDot(x: Float32Array, rows: Float32Array): number;
  /** Σ x² */
  squares(x: Float32Array): number;
  /** g −= (g·w)·w by row */
  removeParallel(g: Float32Array, w: Float32Array, width: number): void;
  unitRows(w: Float32Array, width: number): void;
  /** Adam; sets the gradient to 0. Source: arXiv:1412.6980. */
  adam(state: AdamArrays, step: AdamStep): void;
  /** Adam on each row at its own rate [row]; a row at rate 0 is left as it is. */
  adamRows(state: AdamArrays, rates: Float32Array, step: Omit<AdamStep, 'rate'>, width: number): void;
  /** out[row] = Σ x[row, ·]² */
  rowSquares(out: Float32Array, x: Float32Array, width: number): void;
}

type Native = Readonly<Record<keyof Kernels, (...numbers: number[]) => number>>;

let compiled: Promise<WebAssembly.Module> | undefined;

/** The kernels on a memory. They are written in WebAssembly for its SIMD, five times as fast as the same loops here. */
export async function kernelsOn(memory: WebAssembly.Memory): Promise<Kernels> {
  compiled ??= compile();
  const { exports } = await WebAssembly.instantiate(await compiled, { env: { memory } });
  return typed(exports as Native);
}

async function compile(): Promise<WebAssembly.Module> {
  const { parseWat } = await wabt();
  const parsed = parseWat('kernels.wat', readFileSync(new URL('kernels.wat', import.meta.url), 'utf8'));
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  return WebAssembly.compile(Uint8Array.from(buffer));
}

function typed(native: Native): Kernels {
  const at = (array: { byteOffset: number }) => array.byteOffset;
  const tokensOf = ({ rowStart }: Entries) => rowStart.length - 1;
  return {
    decode(out, rows, entries, width) {
      const { rowStart, features, values } = entries;
      native.decode(at(out), at(rows), at(rowStart), at(features), at(values), tokensOf(entries), 4 * width);
    },
    dots(dots, x, rows, entries, width) {
      const { rowStart, features } = entries;
      native.dots(at(dots), at(x), at(rows), at(rowStart), at(features), tokensOf(entries), 4 * width);
    },
    scatter(rows, x, entries, width) {
      const { rowStart, features, values } = entries;
      native.scatter(at(rows), at(x), at(rowStart), at(features), at(values), tokensOf(entries), 4 * width);
    },
    compact: (x, least, positions, values, most) =>
      native.compact(at(x), x.length, least, at(positions), at(values), most),
    compactAmong: (x, least, { floors, positions, values }) =>
      native.compactAmong(at(x), at(floors), x.length, least, at(positions), at(values)),
    scale: (x, factor) => void native.scale(at(x), factor, x.byteLength),
    lessRows: (out, bias, x) =>
      void native.lessRows(at(out), at(bias), at(x), out.length / bias.length, bias.byteLength),
    addRows: (sums, rows) => void native.addRows(at(sums), at(rows), rows.length / sums.length, sums.byteLength),
    rowDots: (out, direction, rows) =>
      void native.rowDots(at(out), at(direction), at(rows), rows.length / direction.length, direction.byteLength),
    greatestDot: (x, rows) => native.greatestDot(at(x), at(rows), rows.length / x.length, x.byteLength),
    squares: (x) => native.squares(at(x), x.byteLength),
    removeParallel: (g, w, width) => void native.removeParallel(at(g), at(w), w.length / width, 4 * width),
    unitRows: (w, width) => void native.unitRows(at(w), w.length / width, 4 * width),
    adam({ p, g, m, v }, { clip, rate, beta1, beta2, epsilon }) {
      native.adam(at(p), at(g), at(m), at(v), p.byteLength, clip, rate, beta1, beta2, epsilon);
    },
    adamRows({ p, g, m, v }, rates, { clip, beta1, beta2, epsilon }, width) {
      const rows = p.length / width;
      native.adamRows(at(p), at(g), at(m), at(v), rows, 4 * width, at(rates), clip, beta1, beta2, epsilon);
    },
    rowSquares: (out, x, width) => void native.rowSquares(at(out), at(x), x.length / width, 4 * width),
  };
}
