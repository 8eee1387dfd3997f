import { classMasks, isOfClass } from './character-set.ts';
import { type Find, finder } from './find.ts';
import { newerForms } from './newer-forms.ts';
import type { NormalizerJson } from './schema.ts';

/** `goesOn` says that the text goes on from another, and nothing is put in front of it. */
export type Normalize = (text: string, goesOn?: boolean) => string;

/** Normalizers one after the other. Throws PatternError for a pattern that cannot be matched in linear time. */
export function normalizing(parts: readonly NormalizerJson[]): Normalize {
  const steps = parts.map(step);
  return (text, goesOn = false) => steps.reduce((done, next) => next(done, goesOn), text);
}

function step(part: NormalizerJson): Normalize {
  switch (part.type) {
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return (text) => overAssigned(text, (known) => known.normalize(part.type));
    case 'Lowercase':
      return lowercase;
    case 'Prepend':
      return (text, goesOn) => (text === '' || goesOn ? text : part.prepend + text);
    case 'Replace':
      return replacing(finder(part.pattern), part.content);
  }
}

/** Character by character: the last sigma of a word is as any other. */
const lowercase = (text: string) => Array.from(text, (character) => character.toLowerCase()).join('');

function replacing(find: Find, content: string): Normalize {
  return (text) => {
    const found = find(text);
    if (found.length === 0) return text;
    const parts: string[] = [];
    let done = 0;
    for (let i = 0; i < found.length; i += 2) {
      parts.push(text.slice(done, found[i]), content);
      done = found[i + 1];
    }
    return parts.join('') + text.slice(done);
  };
}

let newer: ReadonlySet<number> | undefined;

function newerCharacters(): ReadonlySet<number> {
  const ranges = newerForms.split(' ').map((range) => range.split('-').map((point) => Number.parseInt(point, 16)));
  return new Set(
    ranges.flatMap(([first = 0, last = first]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
  );
}

/** Leaves alone what the engine's Unicode knows and the library's does not: there it is normal, and never put together. */
function overAssigned(text: string, change: Normalize): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant.
  if (/^[\x00-\x7f]*$/.test(text)) return change(text);
  newer ??= newerCharacters();
  const parts: string[] = [];
  let done = 0;
  for (let at = 0; at < text.length; ) {
    const point = text.codePointAt(at) ?? 0;
    const end = at + (point > 0xffff ? 2 : 1);
    if (newer.has(point) || isOfClass(point, classMasks.unassigned)) {
      parts.push(change(text.slice(done, at)), text.slice(at, end));
      done = end;
    }
    at = end;
  }
  return parts.join('') + change(text.slice(done));
}
