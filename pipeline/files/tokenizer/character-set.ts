import { classRuns } from './unicode-classes.ts';

/** White space, then Unicode's general categories; A symbols that count as letters of words, J joiners, X unassigned. */
const letters = ['W', 'U', 'L', 'T', 'M', 'O', 'K', 'D', 'E', 'N', 'C', 'P', 'A', 'S', 'J', 'X', 'Z'] as const;
type Letter = (typeof letters)[number];

const maskOf = (...some: readonly Letter[]) => some.reduce((mask, letter) => mask | (1 << letters.indexOf(letter)), 0);

/** Sets of classes as bits, by the names that patterns call them by. */
export const classMasks = {
  // biome-ignore lint/plugin: a few letters
  all: maskOf(...letters),
  space: maskOf('W'),
  L: maskOf('U', 'L', 'T', 'M', 'O'),
  Lu: maskOf('U'),
  Ll: maskOf('L'),
  Lt: maskOf('T'),
  Lm: maskOf('M'),
  Lo: maskOf('O'),
  M: maskOf('K'),
  N: maskOf('D', 'E', 'N'),
  Nd: maskOf('D'),
  Nl: maskOf('E'),
  No: maskOf('N'),
  P: maskOf('C', 'P'),
  Pc: maskOf('C'),
  S: maskOf('A', 'S'),
  /** Letters, marks, digits, letter-like numbers and symbols, connectors. */
  word: maskOf('U', 'L', 'T', 'M', 'O', 'K', 'D', 'E', 'C', 'A'),
  joiner: maskOf('J'),
  unassigned: maskOf('X'),
} as const;

/** Characters of some classes, of ranges of code points, or of neither. */
export interface CharacterSet {
  readonly mask: number;
  readonly ranges: readonly (readonly [number, number])[];
  readonly negated: boolean;
}

let classes: Uint8Array | undefined;

function classTable(): Uint8Array {
  const table = new Uint8Array(0x110000);
  let at = 0;
  for (const [, letter = '', length = ''] of classRuns.matchAll(/([A-Z])([0-9a-z]*)/g)) {
    const end = at + (length === '' ? 1 : Number.parseInt(length, 36));
    table.fill(letters.join('').indexOf(letter), at, end);
    at = end;
  }
  return table;
}

/** Whether a code point is of one of the classes of a mask. */
export function isOfClass(point: number, mask: number): boolean {
  classes ??= classTable();
  return ((mask >> classes[point]) & 1) === 1;
}

export function isMember({ mask, ranges, negated }: CharacterSet, point: number): boolean {
  const inside = isOfClass(point, mask) || ranges.some(([from, to]) => point >= from && point <= to);
  return inside !== negated;
}
