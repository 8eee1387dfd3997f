import { ColumnReader, ColumnWriter } from './columns.ts';

/** Columns from so many bytes on are zipped apart from others, as their own characters are the frequent ones there. */
const APART = 1024;

/** The order in which columns lie in a file: the short ones together, then each long one. */
function orderOf(lengths: readonly number[]): { readonly short: number[]; readonly long: number[] } {
  const places = lengths.map((_, place) => place);
  return {
    short: places.filter((place) => lengths[place] < APART),
    long: places.filter((place) => lengths[place] >= APART),
  };
}

/** Columns as pieces that lie one after another, each to be zipped apart: first their lengths and all short ones. */
export function joinColumns(columns: readonly Uint8Array[]): Uint8Array[] {
  const lengths = columns.map(({ length }) => length);
  const head = new ColumnWriter();
  head.integer(columns.length);
  for (const length of lengths) head.integer(length);
  const { short, long } = orderOf(lengths);
  const size = short.reduce((sum, place) => sum + lengths[place], head.written.length);
  const first = new Uint8Array(size);
  first.set(head.written);
  let at = head.written.length;
  for (const place of short) {
    first.set(columns[place], at);
    at += lengths[place];
  }
  return [first, ...long.map((place) => columns[place])];
}

/** The columns again. Throws Error where the bytes are fewer than they say. */
export function cutColumns(bytes: Uint8Array): Uint8Array[] {
  const head = new ColumnReader(bytes);
  const lengths = Array.from({ length: head.integer() }, () => head.integer());
  const { short, long } = orderOf(lengths);
  let at = head.at;
  const columns: Uint8Array[] = [];
  for (const place of [...short, ...long]) {
    columns[place] = bytes.subarray(at, at + lengths[place]);
    at += lengths[place];
  }
  if (at !== bytes.length) throw new Error(`columns of ${at} bytes in a group of ${bytes.length}`);
  return columns;
}
