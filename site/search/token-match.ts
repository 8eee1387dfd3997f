import { tokenLabel } from '../page-kit/token-text.ts';
import { remembered } from './remembered.ts';

/** A flag a token id: whether a text that was searched for names it. */
export type TokenMatch = (text: string) => Uint8Array;

/**
 * Finds tokens by a part of them, case aside, as they are or as pages print them (`·id`, `↵`); in quotation marks, only
 * the token that is just this, case included.
 */
export function tokenMatch(vocabulary: readonly string[]): TokenMatch {
  const labels = vocabulary.map(tokenLabel);
  const lowerTokens = vocabulary.map((token) => token.toLowerCase());
  const lowerLabels = labels.map((label) => label.toLowerCase());
  const flagsOf = (text: string): Uint8Array => {
    const [, exact] = /^"(.+)"$/s.exec(text) ?? [];
    const part = text.toLowerCase();
    const flags = new Uint8Array(vocabulary.length);
    for (let id = 0; id < flags.length; id++) {
      const isNamed =
        exact === undefined
          ? lowerTokens[id].includes(part) || lowerLabels[id].includes(part)
          : vocabulary[id] === exact || labels[id] === exact;
      if (isNamed) flags[id] = 1;
    }
    return flags;
  };
  return remembered(flagsOf);
}
