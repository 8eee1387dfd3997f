import { tokenLabel } from '../page-kit/token-text.ts';

/** A flag a token id: whether a text that was searched for names it. */
export type TokenMatch = (text: string) => Uint8Array;

/**
 * Finds tokens by a part of them, case aside, as they are or as pages print them (`·id`, `↵`); in quotation marks, only
 * the token that is just this, case included.
 */
export function tokenMatch(vocabulary: readonly string[]): TokenMatch {
  const labels = vocabulary.map(tokenLabel);
  const [lowerTokens, lowerLabels] = [vocabulary, labels].map((texts) => texts.map((text) => text.toLowerCase()));
  return (text) => {
    const [, exact] = /^"(.+)"$/s.exec(text) ?? [];
    const part = text.toLowerCase();
    const isNamed = (id: number): boolean | undefined =>
      exact === undefined
        ? lowerTokens?.[id]?.includes(part) || lowerLabels?.[id]?.includes(part)
        : vocabulary[id] === exact || labels[id] === exact;
    return Uint8Array.from(vocabulary, (_, id) => (isNamed(id) ? 1 : 0));
  };
}
