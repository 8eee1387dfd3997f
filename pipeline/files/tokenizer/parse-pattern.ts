import { type CharacterSet, classMasks } from './character-set.ts';
import { type Pattern, PatternError } from './pattern.ts';
import { checkFolded, checkPossessive, matchesEmpty } from './pattern-checks.ts';
import { complement, controls, escaped, literal, newline, none, properties, rangeOf } from './pattern-sets.ts';

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
    const set = escaped[character];
    if (set) return set;
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

function lookAhead(pattern: Pattern, negated: boolean): Pattern {
  const [only] = pattern.kind === 'sequence' && pattern.parts.length === 1 ? pattern.parts : [pattern];
  if (only?.kind !== 'set') throw new PatternError('a look-ahead over more than one character');
  return { kind: 'ahead', set: negated ? complement(only.set) : only.set, end: negated };
}
