export interface ExamplePrompt {
  readonly name: string;
  readonly text: string;
}

const REPEATED = 6;
const EXCERPT = 200;
/** The most frequent words come first in a byte-pair vocabulary; rarer ones read as noise. */
const FREQUENT = 600;

/**
 * Prompts that suit any model: repeated words of its own vocabulary, a sentence with two names, and the beginnings of
 * passages that its run has read.
 */
export function examplePrompts(vocabulary: readonly string[], passages: readonly string[]): ExamplePrompt[] {
  const words = repeatedWords(vocabulary);
  const names = 'When Mary and John went to the store, John gave a drink to';
  const read = passages.map(excerpt).filter((text) => text.length > 0);
  return [
    ...(words === '' ? [] : [{ name: 'Repeated words', text: words }]),
    { name: 'Two names', text: names },
    ...read.map((text, i) => ({ name: read.length > 1 ? `Text it has read, ${i + 1}` : 'Text it has read', text })),
  ];
}

/** Six single-token words, repeated but for the last; each keeps its leading space, so that it stays one token. */
function repeatedWords(vocabulary: readonly string[]): string {
  const words = vocabulary.filter((token) => /^ [a-z]{4,8}$/.test(token)).slice(0, FREQUENT);
  if (words.length < REPEATED) return '';
  const step = Math.floor(words.length / REPEATED);
  const picked = Array.from({ length: REPEATED }, (_, i) => words[((i * 5) % REPEATED) * step]);
  return picked.join('') + picked.slice(0, -1).join('');
}

/** The first words of a passage, with no half word at the end. */
function excerpt(passage: string): string {
  const text = passage.trimStart().slice(0, EXCERPT);
  return text.length < EXCERPT ? text.trimEnd() : text.replace(/\s+\S*$/, '');
}
