import { type CharacterSet, classMasks } from './character-set.ts';
import { PatternError } from './pattern.ts';

export const none: CharacterSet = { mask: 0, ranges: [], negated: false };
const space: CharacterSet = { ...none, mask: classMasks.space };
/** What Oniguruma counts as of a word besides, but not in brackets: ², ³, ¹, ¼, ½, ¾. */
const numbersOfWords: CharacterSet['ranges'] = [0xb2, 0xb3, 0xb9, 0xbc, 0xbd, 0xbe].map((point) => [point, point]);
const word: CharacterSet = { ...none, mask: classMasks.word, ranges: numbersOfWords };
export const newline: CharacterSet = { ...none, ranges: [[10, 10]] };
const digit: CharacterSet = { ...none, mask: classMasks.Nd };
export const complement = (set: CharacterSet): CharacterSet => ({ ...set, negated: !set.negated });

export const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, a: 7, e: 27 };

/** Sets that one letter behind a backslash stands for. */
export const escaped: Readonly<Record<string, CharacterSet>> = {
  ...{ s: space, S: complement(space), d: digit, D: complement(digit), w: word, W: complement(word) },
};

const propertyNames = ['L', 'Lu', 'Ll', 'Lt', 'Lm', 'Lo', 'M', 'N', 'Nd', 'Nl', 'No', 'P', 'Pc', 'S'] as const;
/** Masks by the names of \p{…}. */
export const properties: ReadonlyMap<string, number> = new Map(propertyNames.map((name) => [name, classMasks[name]]));

/** Both cases of a letter where case does not matter; ſ is an s, and the Kelvin sign a k. */
export function literal(point: number, folded: boolean): CharacterSet {
  const own: CharacterSet = { ...none, ranges: [[point, point]] };
  if (!folded) return own;
  if (point >= 0x80) throw new PatternError(`${String.fromCodePoint(point)} in either case`);
  const lower = String.fromCharCode(point).toLowerCase();
  if (lower < 'a' || lower > 'z') return own;
  const cases = [lower, lower.toUpperCase(), ...(lower === 's' ? ['\u017f'] : lower === 'k' ? ['\u212a'] : [])];
  return { ...none, ranges: cases.map((character) => [character.charCodeAt(0), character.charCodeAt(0)]) };
}

/** The code points between two characters of a set in brackets. */
export function rangeOf(from: CharacterSet, to: CharacterSet, folded: boolean): readonly [number, number] {
  const [[first] = [], [last] = []] = [from.ranges[0], to.ranges[0]];
  if (first === undefined || last === undefined || from.mask !== 0 || to.mask !== 0 || last < first)
    throw new PatternError('a range of what is no character');
  if (folded) throw new PatternError('a range in either case');
  return [first, last];
}
