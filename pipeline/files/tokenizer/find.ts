import { Matcher } from './matcher.ts';
import { parsePattern } from './parse-pattern.ts';
import { PatternError } from './pattern.ts';
import type { PatternJson } from './schema.ts';

/** Where the matches of a text begin and end: begin, end, begin, end … */
export type Find = (text: string) => number[];

/** Throws PatternError, with the pattern, for one that cannot be matched in linear time. */
export const finder = (pattern: PatternJson): Find =>
  pattern.kind === 'regex' ? regexFinder(pattern.source) : (text) => literalMatches(text, pattern.source);

export function regexFinder(source: string): Find {
  try {
    const matcher = new Matcher(parsePattern(source), source);
    return (text) => matcher.matches(text);
  } catch (error) {
    if (error instanceof PatternError) throw new PatternError(`pattern ${source.slice(0, 200)}: ${error.message}`);
    throw error;
  }
}

function literalMatches(text: string, wanted: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    found.push(at, at + wanted.length);
  }
  return found;
}
