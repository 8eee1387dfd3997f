import { UserError } from '../../errors/user-error.ts';
import { type CharacterSet, isMember } from './character-set.ts';
import { type Pattern, PatternError } from './pattern.ts';

/** A step of the automaton: two ways on, the first preferred; a character read; the next one looked at; the end. */
type Step =
  | { readonly kind: 'fork'; readonly next: number; other: number }
  | { readonly kind: 'read' | 'look'; readonly next: number; readonly set: number; readonly end: boolean }
  | { readonly kind: 'match' };

/** What is known of the text so far: the steps that may come next, those preferred first. */
interface State {
  readonly steps: readonly number[];
  /** By symbol: 2·(state that follows) + (whether a match ends before the symbol) + 1, or 0 where not known yet. */
  readonly next: Int32Array;
}

const [maxSteps, maxSets, maxSymbols, maxStates] = [5000, 30, 64, 4000];
/** Characters looked at, for each of the text: published patterns need less than 3. */
const maxWork = 64;
const dead = 0;
const endSymbol = 1;

/**
 * Finds the matches of a pattern, of two the one that a backtracking engine would find first: an automaton that is
 * built as texts need it, and looks at each character once a match.
 */
export class Matcher {
  readonly #steps: Step[] = [];
  readonly #sets: CharacterSet[] = [];
  readonly #first: number;
  readonly #name: string;
  /** 0 where the character's symbol is not known yet. */
  readonly #symbols = new Uint8Array(0x10000);
  readonly #beyond = new Map<number, number>();
  readonly #signatures = new Map<number, number>();
  /** The first is that of no way on. */
  #states: State[] = [];
  #start = 0;
  #stateOf = new Map<string, number>();

  /** Throws PatternError for a pattern that matches nothing, or is too large. */
  constructor(pattern: Pattern, name: string) {
    this.#name = name;
    this.#first = this.#build(pattern, this.#add({ kind: 'match' }));
    this.#forget();
    if (this.#match('', 0) === 0) throw new PatternError('it matches the empty text');
  }

  /** Where the matches of a text begin and end, one after the other: begin, end, begin, end … */
  matches(text: string): number[] {
    const found: number[] = [];
    const most = maxWork * (text.length + 1000);
    let work = 0;
    for (let at = 0; at < text.length; ) {
      const end = this.#match(text, at);
      work += this.#looked;
      if (work > most) throw new UserError(`pattern takes too long on a text: ${this.#name}`);
      if (end > at) found.push(at, end);
      at = end > at ? end : at + (isPair(text, at) ? 2 : 1);
    }
    return found;
  }

  #looked = 0;

  /** The end of the match that begins at a place, −1 for none. */
  #match(text: string, from: number): number {
    let [state, found, at] = [this.#start, -1, from];
    for (;;) {
      const pair = isPair(text, at);
      const symbol = at >= text.length ? endSymbol : this.#symbolAt(text, at, pair);
      const known = this.#states[state].next[symbol];
      const move = known > 0 ? known - 1 : this.#advance(state, symbol);
      if (move & 1) found = at;
      state = move >> 1;
      if (state === dead || symbol === endSymbol) break;
      at += pair ? 2 : 1;
    }
    this.#looked = at - from + 1;
    return found;
  }

  #forget(): void {
    this.#states = [];
    this.#stateOf = new Map();
    this.#intern([]);
    this.#start = this.#intern([this.#first]);
  }

  #intern(steps: readonly number[]): number {
    const key = steps.join();
    const known = this.#stateOf.get(key);
    if (known !== undefined) return known;
    const state = this.#states.push({ steps, next: new Int32Array(maxSymbols) }) - 1;
    this.#stateOf.set(key, state);
    return state;
  }

  /** 2·(state that follows) + (whether a match ends before the symbol). */
  #advance(from: number, symbol: number): number {
    const state = this.#states[from];
    const signature = symbol === endSymbol ? -1 : (this.#signatureOf.get(symbol) ?? 0);
    const [following, seen] = [new Set<number>(), new Set<number>()];
    const pending = state.steps.toReversed();
    let matched = 0;
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const step = this.#steps[at];
      if (!step) continue;
      if (step.kind === 'match') {
        matched = 1;
        break;
      }
      if (step.kind === 'fork') pending.push(step.other, step.next);
      else if (signature < 0 ? step.end : (signature >> step.set) & 1) {
        if (step.kind === 'look') pending.push(step.next);
        else following.add(step.next);
      }
    }
    if (this.#states.length >= maxStates) this.#forget();
    const move = 2 * this.#intern([...following]) + matched;
    if (state) state.next[symbol] = move + 1;
    return move;
  }

  #symbolAt(text: string, at: number, pair: boolean): number {
    if (pair) {
      const point = text.codePointAt(at) ?? 0;
      const known = this.#beyond.get(point) ?? this.#classify(point);
      this.#beyond.set(point, known);
      return known;
    }
    const code = text.charCodeAt(at);
    const known = this.#symbols[code];
    if (known > 0) return known;
    const symbol = this.#classify(code);
    this.#symbols[code] = symbol;
    return symbol;
  }

  readonly #signatureOf = new Map<number, number>();

  /** Characters that are in the same of the pattern's sets are one symbol. */
  #classify(point: number): number {
    let signature = 0;
    for (const [i, set] of this.#sets.entries()) if (isMember(set, point)) signature |= 1 << i;
    const known = this.#signatures.get(signature);
    if (known !== undefined) return known;
    const symbol = this.#signatures.size + endSymbol + 1;
    if (symbol >= maxSymbols) throw new UserError(`pattern with too many kinds of characters: ${this.#name}`);
    this.#signatures.set(signature, symbol);
    this.#signatureOf.set(symbol, signature);
    return symbol;
  }

  #add(step: Step): number {
    if (this.#steps.length >= maxSteps) throw new PatternError('it is too long');
    return this.#steps.push(step) - 1;
  }

  #set(set: CharacterSet): number {
    const key = JSON.stringify(set);
    const known = this.#sets.findIndex((other) => JSON.stringify(other) === key);
    if (known >= 0) return known;
    if (this.#sets.length >= maxSets) throw new PatternError('it has too many different sets');
    return this.#sets.push(set) - 1;
  }

  /** The first step of a pattern that goes on with `next`. */
  #build(pattern: Pattern, next: number): number {
    switch (pattern.kind) {
      case 'set':
        return this.#add({ kind: 'read', set: this.#set(pattern.set), end: false, next });
      case 'ahead':
        return this.#add({ kind: 'look', set: this.#set(pattern.set), end: pattern.end, next });
      case 'sequence':
        return pattern.parts.reduceRight((after, part) => this.#build(part, after), next);
      case 'choice':
        return pattern.options
          .map((option) => this.#build(option, next))
          .reduceRight((other, preferred) => this.#add({ kind: 'fork', next: preferred, other }));
      case 'repeat':
        return this.#repeat(pattern, next);
    }
  }

  #repeat({ part, min, max, greedy }: Extract<Pattern, { kind: 'repeat' }>, next: number): number {
    const fork = (into: number, past: number) =>
      this.#add(greedy ? { kind: 'fork', next: into, other: past } : { kind: 'fork', next: past, other: into });
    let at = next;
    if (max === Number.POSITIVE_INFINITY) at = this.#loop(part, next, greedy);
    else for (let i = min; i < max; i++) at = fork(this.#build(part, at), next);
    for (let i = 0; i < min; i++) at = this.#build(part, at);
    return at;
  }

  #loop(part: Pattern, next: number, greedy: boolean): number {
    const again = this.#steps.length;
    this.#add({ kind: 'fork', next, other: next });
    const into = this.#build(part, again);
    this.#steps[again] = { kind: 'fork', next: greedy ? into : next, other: greedy ? next : into };
    return again;
  }
}

function isPair(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code < 0xdc00 && at + 1 < text.length;
}
