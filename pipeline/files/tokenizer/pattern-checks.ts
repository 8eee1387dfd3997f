import type { CharacterSet } from './character-set.ts';
import { type Pattern, PatternError } from './pattern.ts';

/** Pairs of letters that, in either case, are one character elsewhere, as ß is of ss. */
const ligatures = ['ss', 'st', 'ff', 'fi', 'fl'];

/** Throws PatternError where case folding would join two letters into one character. */
export function checkFolded(parts: readonly Pattern[]): void {
  const text = parts.map((part) => {
    const point = part.kind === 'set' && !part.set.negated ? part.set.ranges[0]?.[0] : undefined;
    return point === undefined ? ' ' : String.fromCodePoint(point).toLowerCase();
  });
  const found = ligatures.find((pair) => text.join('').includes(pair));
  if (found) throw new PatternError(`${found} in either case`);
}

/** What is never given back makes no difference where what follows wants none of it, or may all be left out. */
export function checkPossessive(parts: readonly Pattern[], index: number, isWhole: boolean): void {
  const own = parts[index];
  for (let after = index + 1; ; after++) {
    if (isWhole && parts.slice(after).every((part) => part.kind === 'repeat' && part.min === 0)) return;
    const next = parts[after];
    const apart = own?.kind === 'repeat' && own.part.kind === 'set' && next && isDisjoint(own.part.set, next);
    if (!apart) throw new PatternError('a possessive repetition that a greedy one differs from');
    if (next.kind !== 'repeat' || next.min > 0) return;
  }
}

/** Whether a pattern may match without consuming a character. */
export function matchesEmpty(pattern: Pattern): boolean {
  if (pattern.kind === 'sequence') return pattern.parts.every(matchesEmpty);
  if (pattern.kind === 'choice') return pattern.options.some(matchesEmpty);
  if (pattern.kind === 'repeat') return pattern.min === 0 || matchesEmpty(pattern.part);
  return pattern.kind === 'ahead';
}

function isDisjoint(set: CharacterSet, next: Pattern): boolean {
  const part = next.kind === 'repeat' ? next.part : next;
  if (part.kind !== 'set' || part.set.negated) return false;
  const { mask, ranges } = part.set;
  if (set.negated)
    return ranges.every((range) => set.ranges.some((own) => within(range, own))) && (mask & ~set.mask) === 0;
  return (mask & set.mask) === 0 && ranges.length === 0 && set.ranges.length === 0;
}

const within = ([from, to]: readonly [number, number], [least, most]: readonly [number, number]) =>
  from >= least && to <= most;
