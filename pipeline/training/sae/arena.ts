import { type Kernels, kernelsOn } from './kernels.ts';

/** Floats that a row, and every array of an arena, is a multiple of: 64 bytes. */
const LANES = 16;

/** `count` rounded up to whole lanes. */
export const padded = (count: number): number => LANES * Math.ceil(count / LANES);

/** Arrays in one WebAssembly memory, and the kernels that work on them. All are zero at first, and padded to lanes. */
export interface Arena<F extends string, I extends string> {
  readonly floats: Readonly<Record<F, Float32Array>>;
  readonly ints: Readonly<Record<I, Int32Array>>;
  readonly kernels: Kernels;
}

const PAGE = 65_536;
const MOST_PAGES = 65_536;
/** What a WebAssembly memory holds. */
export const mostArenaBytes = PAGE * MOST_PAGES;

/** Bytes of the memory that arrays of the given lengths take. */
export const arenaBytes = (lengths: Iterable<number>): number => {
  let bytes = PAGE;
  for (const length of lengths) bytes += 4 * padded(length);
  return PAGE * Math.ceil(bytes / PAGE);
};

/** Lays out arrays of the given lengths. */
export async function createArena<F extends string, I extends string>(
  floats: Readonly<Record<F, number>>,
  ints: Readonly<Record<I, number>>,
): Promise<Arena<F, I>> {
  const bytes = arenaBytes([...Object.values<number>(floats), ...Object.values<number>(ints)]);
  const memory = new WebAssembly.Memory({ initial: bytes / PAGE, maximum: MOST_PAGES });
  let at = 0;
  const views = <T>(given: Readonly<Record<string, number>>, view: (offset: number, length: number) => T) =>
    Object.fromEntries(
      Object.entries(given).map(([name, length]) => {
        const array = view(at, padded(length));
        at += 4 * padded(length);
        return [name, array];
      }),
    );
  return {
    floats: views(floats, (offset, length) => new Float32Array(memory.buffer, offset, length)) as Record<
      F,
      Float32Array
    >,
    ints: views(ints, (offset, length) => new Int32Array(memory.buffer, offset, length)) as Record<I, Int32Array>,
    kernels: await kernelsOn(memory),
  };
}
