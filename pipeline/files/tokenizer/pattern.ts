import type { CharacterSet } from './character-set.ts';
import { classMasks } from './character-set.ts';

/** A pattern taken apart, as far as it can be matched in linear time. */
export type Pattern =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly options: readonly Pattern[] }
  | {
      readonly kind: 'repeat';
      readonly part: Pattern;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    }
  /** Nothing is consumed: the next character is in the set, or the text ends and `end` is true. */
  | { readonly kind: 'ahead'; readonly set: CharacterSet; readonly end: boolean };

/** Why a pattern cannot be matched here. */
export class PatternError extends Error {}

const none: CharacterSet = { mask: 0, ranges: [], negated: false };
const space: CharacterSet = { ...none, mask: classMasks.space };
/** What Oniguruma counts as of a word besides, but not in brackets: ², ³, ¹, ¼, ½, ¾. */
const numbersOfWords: CharacterSet['ranges'] = [0xb2, 0xb3, 0xb9, 0xbc, 0xbd, 0xbe].map((point) => [point, point]);
const word: CharacterSet = { ...none, mask: classMasks.word, ranges: numbersOfWords };
const newline: CharacterSet = { ...none, ranges: [[10, 10]] };
const digit: CharacterSet = { ...none, mask: classMasks.Nd };
const complement = (set: CharacterSet): CharacterSet => ({ ...set, negated: !set.negated });

const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, a: 7, e: 27 };
const [maxRepeat, maxDepth] = [1000, 50];

/**
 * Reads a regular expression of a tokenizer, in the syntax of Oniguruma that tokenizer.json speaks: sets, groups,
 * choices, repetition, and a look at the next character. Throws PatternError for anything else.
 */
export function parsePattern(source: string): Pattern {
  const reader = new PatternReader(source);
  const pattern = reader.choice(false);
  reader.expectEnd();
  return pattern;
}

class PatternReader {
  readonly #points: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#points = [...source];
  }

  expectEnd(): void {
    if (this.#at < this.#points.length) throw new PatternError(`unexpected ${this.#peek()}`);
  }

  choice(folded: boolean): Pattern {
    const fold = this.#take('(?i)') || folded;
    const options = [this.#sequence(fold)];
    while (this.#take('|')) options.push(this.#sequence(fold));
    const [only] = options;
    return only && options.length === 1 ? only : { kind: 'choice', options };
  }

  #sequence(folded: boolean): Pattern {
    const parts: Pattern[] = [];
    const possessive: number[] = [];
    while (this.#at < this.#points.length && this.#peek() !== '|' && this.#peek() !== ')') {
      const { part, isPossessive } = this.#repeated(this.#atom(folded));
      if (isPossessive) possessive.push(parts.length);
      parts.push(part);
    }
    for (const index of possessive) checkPossessive(parts, index, this.#depth === 0);
    if (folded) checkFolded(parts);
    return { kind: 'sequence', parts };
  }

  #atom(folded: boolean): Pattern {
    if (this.#take('(?:')) return this.#group(folded);
    if (this.#take('(?i:')) return this.#group(true);
    if (this.#take('(?=')) return lookAhead(this.#group(folded), false);
    if (this.#take('(?!')) return lookAhead(this.#group(folded), true);
    if (this.#take('(?')) throw new PatternError(`unknown group (?${this.#peek()}`);
    if (this.#take('(')) return this.#group(folded);
    if (this.#take('[')) return { kind: 'set', set: this.#brackets(folded) };
    if (this.#take('.')) return { kind: 'set', set: complement(newline) };
    if (this.#take('$')) return { kind: 'ahead', set: newline, end: true };
    if (this.#take('\\z')) return { kind: 'ahead', set: none, end: true };
    const character = this.#next();
    if (character === '\\') return { kind: 'set', set: this.#escape(folded) };
    if ('^*+?'.includes(character)) throw new PatternError(`unexpected ${character}`);
    return { kind: 'set', set: literal(character.codePointAt(0) ?? 0, folded) };
  }

  #repeated(atom: Pattern): { part: Pattern; isPossessive: boolean } {
    const bounds = this.#bounds();
    if (!bounds) return { part: atom, isPossessive: false };
    if (atom.kind === 'ahead') throw new PatternError('a repeated look-ahead');
    const [min, max, isInterval] = bounds;
    if (max > 1 && matchesEmpty(atom)) throw new PatternError('a repetition of what may be empty');
    const isPossessive = !isInterval && this.#take('+');
    const isLazy = !isPossessive && this.#take('?');
    if (isLazy && isInterval) throw new PatternError('a lazy interval');
    if (this.#at < this.#points.length && '*+?'.includes(this.#peek())) throw new PatternError('nested repetition');
    if (isPossessive && atom.kind !== 'set') throw new PatternError('possessive repetition of a group');
    return { part: { kind: 'repeat', part: atom, min, max, greedy: !isLazy }, isPossessive };
  }

  #bounds(): readonly [min: number, max: number, isInterval: boolean] | undefined {
    if (this.#take('?')) return [0, 1, false];
    if (this.#take('*')) return [0, Number.POSITIVE_INFINITY, false];
    if (this.#take('+')) return [1, Number.POSITIVE_INFINITY, false];
    const interval = /^\{(\d+)(,?)(\d*)\}/.exec(this.#points.slice(this.#at, this.#at + 12).join(''));
    if (!interval) {
      if (this.#peek() === '{') throw new PatternError('unexpected {');
      return undefined;
    }
    const [whole, least = '', comma, most = ''] = interval;
    this.#at += whole.length;
    const min = Number(least);
    const max = comma === '' ? min : most === '' ? Number.POSITIVE_INFINITY : Number(most);
    if (max < min || min > maxRepeat || (max > maxRepeat && Number.isFinite(max))) throw new PatternError(whole);
    return [min, max, true];
  }

  #brackets(folded: boolean): CharacterSet {
    const negated = this.#take('^');
    let mask = 0;
    const ranges: (readonly [number, number])[] = [];
    for (let isFirst = true; isFirst || this.#peek() !== ']'; isFirst = false) {
      const item = this.#item(folded);
      if (this.#peek() === '-' && this.#points[this.#at + 1] !== ']') {
        this.#at++;
        const last = this.#item(folded);
        ranges.push(rangeOf(item, last, folded));
      } else {
        mask |= item.mask;
        for (const range of item.ranges) ranges.push(range);
      }
    }
    this.#at++;
    return { mask, ranges, negated };
  }

  /** A character, or a class, of a set in brackets. */
  #item(folded: boolean): CharacterSet {
    const character = this.#next();
    if (character === '[') throw new PatternError('a set within a set');
    if (character === '&' && this.#peek() === '&') throw new PatternError('an intersection of sets');
    if (character !== '\\') return literal(character.codePointAt(0) ?? 0, folded);
    if (this.#take('w')) return { ...none, mask: classMasks.word };
    if (this.#take('W')) return { ...none, mask: classMasks.all & ~classMasks.word };
    const set = this.#escape(folded);
    return set.negated ? { ...none, mask: classMasks.all & ~set.mask } : set;
  }

  #escape(folded: boolean): CharacterSet {
    const character = this.#next();
    const control = controls[character];
    if (control !== undefined) return literal(control, false);
    const named = { s: space, S: complement(space), d: digit, D: complement(digit), w: word, W: complement(word) };
    for (const [name, set] of Object.entries(named)) if (character === name) return set;
    if (character === 'p' || character === 'P') return this.#property(character === 'P');
    if (character === 'x' || character === 'u') return literal(this.#hexadecimal(character), folded);
    if (/[A-Za-z0-9]/.test(character)) throw new PatternError(`unknown escape \\${character}`);
    return literal(character.codePointAt(0) ?? 0, folded);
  }

  #property(isNegated: boolean): CharacterSet {
    const [whole, caret, name = ''] = /^\{(\^?)([A-Za-z]+)\}/.exec(this.#points.slice(this.#at).join('')) ?? [];
    const mask = properties.get(name);
    if (whole === undefined || mask === undefined) throw new PatternError(`unknown property \\p{${name}}`);
    this.#at += whole.length;
    return { ...none, mask, negated: isNegated !== (caret === '^') };
  }

  #hexadecimal(kind: string): number {
    const expected = kind === 'u' ? /^([0-9A-Fa-f]{4})/ : /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/;
    const found = expected.exec(this.#points.slice(this.#at, this.#at + 8).join(''));
    if (!found) throw new PatternError(`unknown escape \\${kind}`);
    this.#at += found[0].length;
    return Number.parseInt(found.at(1) ?? found.at(2) ?? '', 16);
  }

  #group(folded: boolean): Pattern {
    if (++this.#depth > maxDepth) throw new PatternError('groups within groups');
    const pattern = this.choice(folded);
    if (!this.#take(')')) throw new PatternError('an open group');
    this.#depth--;
    return pattern;
  }

  #take(expected: string): boolean {
    const found = [...expected].every((character, i) => this.#points[this.#at + i] === character);
    if (found) this.#at += expected.length;
    return found;
  }

  #peek(): string {
    return this.#points.at(this.#at) ?? '';
  }

  #next(): string {
    const character = this.#points[this.#at++];
    if (character === undefined) throw new PatternError('unexpected end');
    return character;
  }
}

const propertyNames = ['L', 'Lu', 'Ll', 'Lt', 'Lm', 'Lo', 'M', 'N', 'Nd', 'Nl', 'No', 'P', 'Pc', 'S'] as const;
const properties: ReadonlyMap<string, number> = new Map(propertyNames.map((name) => [name, classMasks[name]]));

/** Both cases of a letter where case does not matter; ſ is an s, and the Kelvin sign a k. */
function literal(point: number, folded: boolean): CharacterSet {
  const own: CharacterSet = { ...none, ranges: [[point, point]] };
  if (!folded) return own;
  if (point >= 0x80) throw new PatternError(`${String.fromCodePoint(point)} in either case`);
  const lower = String.fromCharCode(point).toLowerCase();
  if (lower < 'a' || lower > 'z') return own;
  const cases = [lower, lower.toUpperCase(), ...(lower === 's' ? ['\u017f'] : lower === 'k' ? ['\u212a'] : [])];
  return { ...none, ranges: cases.map((character) => [character.charCodeAt(0), character.charCodeAt(0)]) };
}

function rangeOf(from: CharacterSet, to: CharacterSet, folded: boolean): readonly [number, number] {
  const [[first] = [], [last] = []] = [from.ranges[0], to.ranges[0]];
  if (first === undefined || last === undefined || from.mask !== 0 || to.mask !== 0 || last < first)
    throw new PatternError('a range of what is no character');
  if (folded) throw new PatternError('a range in either case');
  return [first, last];
}

function lookAhead(pattern: Pattern, negated: boolean): Pattern {
  const [only] = pattern.kind === 'sequence' && pattern.parts.length === 1 ? pattern.parts : [pattern];
  if (only?.kind !== 'set') throw new PatternError('a look-ahead over more than one character');
  return { kind: 'ahead', set: negated ? complement(only.set) : only.set, end: negated };
}

/** Pairs of letters that, in either case, are one character elsewhere, as ß is of ss. */
const ligatures = ['ss', 'st', 'ff', 'fi', 'fl'];

function checkFolded(parts: readonly Pattern[]): void {
  const text = parts.map((part) => {
    const point = part.kind === 'set' && !part.set.negated ? part.set.ranges[0]?.[0] : undefined;
    return point === undefined ? ' ' : String.fromCodePoint(point).toLowerCase();
  });
  const found = ligatures.find((pair) => text.join('').includes(pair));
  if (found) throw new PatternError(`${found} in either case`);
}

/** What is never given back makes no difference where what follows wants none of it, or may all be left out. */
function checkPossessive(parts: readonly Pattern[], index: number, isWhole: boolean): void {
  const own = parts[index];
  for (let after = index + 1; ; after++) {
    if (isWhole && parts.slice(after).every((part) => part.kind === 'repeat' && part.min === 0)) return;
    const next = parts[after];
    const apart = own?.kind === 'repeat' && own.part.kind === 'set' && next && isDisjoint(own.part.set, next);
    if (!apart) throw new PatternError('a possessive repetition that a greedy one differs from');
    if (next.kind !== 'repeat' || next.min > 0) return;
  }
}

function matchesEmpty(pattern: Pattern): boolean {
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
