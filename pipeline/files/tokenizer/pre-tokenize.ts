import { type Find, finder, regexFinder } from './find.ts';
import type { PreTokenizerJson, SplitBehaviour } from './schema.ts';
import { byteLevel } from './token-bytes.ts';

/** A piece of text: the whole text begins with it, or goes on with it from another, or neither. */
interface Piece {
  readonly text: string;
  readonly place: 'first' | 'goes on' | 'later';
}

/** The pieces of a piece, those that are dropped left as empty ones. */
type Step = (piece: Piece) => readonly string[];

/**
 * GPT-2's own division of text into words.
 * Source: openai/gpt-2, src/encoder.py, Encoder.pat.
 */
const gpt2Words = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

/** Pre-tokenizers one after the other; `encodesBytes` says whether the last leaves it to its caller to spell bytes. */
export interface PreTokenizer {
  readonly words: (piece: Piece) => readonly string[];
  readonly encodesBytes: boolean;
}

/** Throws PatternError for a pattern that cannot be matched in linear time. */
export function preTokenizing(parts: readonly PreTokenizerJson[]): PreTokenizer {
  const last = parts.length - 1;
  const encodesBytes = parts[last]?.type === 'ByteLevel';
  const steps = parts.map((part, i) => stepOf(part, i === last));
  return { encodesBytes, words: (piece) => steps.reduce(divide, [piece]).map(({ text }) => text) };
}

function divide(pieces: readonly Piece[], step: Step): Piece[] {
  const divided: Piece[] = [];
  for (const piece of pieces) {
    let { place } = piece;
    for (const text of step(piece)) {
      if (text !== '') divided.push({ text, place });
      place = 'later';
    }
  }
  return divided;
}

function stepOf(part: PreTokenizerJson, isLast: boolean): Step {
  switch (part.type) {
    case 'ByteLevel':
      return byteLevelStep(part, isLast);
    case 'Split':
      return splitting(finder(part.pattern), part.behavior, part.invert);
    case 'Metaspace':
      return metaspace(part);
    case 'Digits':
      return splitting(regexFinder(String.raw`\p{N}`), part.individual_digits ? 'Isolated' : 'Contiguous', false);
    case 'Whitespace':
      return splitting(regexFinder(String.raw`[\w\u200c\u200d]+|[^\w\s\u200c\u200d]+`), 'Removed', true);
    case 'WhitespaceSplit':
      return splitting(regexFinder(String.raw`\s`), 'Removed', false);
  }
}

function byteLevelStep(part: Extract<PreTokenizerJson, { type: 'ByteLevel' }>, isLast: boolean): Step {
  const split: Step = part.use_regex ? splitting(regexFinder(gpt2Words), 'Isolated', false) : ({ text }) => [text];
  const spell = isLast ? (words: readonly string[]) => words : (words: readonly string[]) => words.map(byteLevel);
  if (!part.add_prefix_space) return (piece) => spell(split(piece));
  return ({ text, place }) => {
    const isSpaced = place === 'goes on' || text.startsWith(' ');
    return spell(split({ text: isSpaced ? text : ` ${text}`, place }));
  };
}

function metaspace(part: Extract<PreTokenizerJson, { type: 'Metaspace' }>): Step {
  const { replacement, prepend_scheme: scheme } = part;
  const split = splitting(finder({ kind: 'text', source: replacement }), 'MergedWithNext', false);
  return ({ text, place }) => {
    const spaced = text.replaceAll(' ', replacement);
    const isWanted = scheme === 'always' ? place !== 'goes on' : scheme === 'first' && place === 'first';
    const whole = isWanted && !spaced.startsWith(replacement) ? replacement + spaced : spaced;
    return part.split ? split({ text: whole, place }) : [whole];
  };
}

/** Source: huggingface/tokenizers, tokenizer/normalizer.rs, NormalizedString::split. */
function splitting(find: Find, behaviour: SplitBehaviour, invert: boolean): Step {
  return ({ text }) => {
    const found = find(text);
    if (behaviour === 'Isolated') return isolated(text, found);
    const pieces = marked(text, found, invert);
    if (behaviour === 'Removed') return pieces.map(({ text: own, matches }) => (matches ? '' : own));
    const joined: string[] = [];
    for (const [i, piece] of pieces.entries()) {
      const before = pieces[i - 1];
      if (before && joins(behaviour, before, piece)) joined.push((joined.pop() ?? '') + piece.text);
      else joined.push(piece.text);
    }
    return joined;
  };
}

function isolated(text: string, found: readonly number[]): string[] {
  const pieces: string[] = [];
  let done = 0;
  for (let i = 0; i < found.length; i += 2) {
    const [begin = 0, end = 0] = [found[i], found[i + 1]];
    if (done < begin) pieces.push(text.slice(done, begin));
    pieces.push(text.slice(begin, end));
    done = end;
  }
  if (done < text.length) pieces.push(text.slice(done));
  return pieces;
}

interface MarkedPiece {
  readonly text: string;
  readonly matches: boolean;
}

function marked(text: string, found: readonly number[], invert: boolean): MarkedPiece[] {
  const pieces: MarkedPiece[] = [];
  let done = 0;
  for (let i = 0; i < found.length; i += 2) {
    const [begin = 0, end = 0] = [found[i], found[i + 1]];
    if (done < begin) pieces.push({ text: text.slice(done, begin), matches: invert });
    pieces.push({ text: text.slice(begin, end), matches: !invert });
    done = end;
  }
  if (done < text.length) pieces.push({ text: text.slice(done), matches: invert });
  return pieces;
}

/** Whether a piece is joined to the one before it. */
function joins(behaviour: SplitBehaviour, before: MarkedPiece, piece: MarkedPiece): boolean {
  if (behaviour === 'Contiguous') return before.matches === piece.matches;
  if (behaviour === 'MergedWithPrevious') return piece.matches && !before.matches;
  return before.matches && !piece.matches;
}
