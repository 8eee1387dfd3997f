import { CODE } from './columns.ts';

/** Places are told by characters from here on: of two bytes for frequent tokens, of three for others, never a surrogate. */
const FIRST = 0x100;
const QUOTED = /`([^`]+)`/g;

/** Shortens the tokens that texts quote, as names by rule do: `` ` the` `` is a mark and one character. */
export function tokenQuoter(tokens: readonly string[]): (text: string) => string {
  const places = new Map(tokens.map((token, place) => [token, place] as const).reverse());
  return (text) =>
    text.includes('`')
      ? text.replace(QUOTED, (quoted, token: string) => {
          const place = places.get(token);
          return place === undefined ? quoted : CODE + String.fromCharCode(FIRST + place);
        })
      : text;
}

/** The text again. */
export function unquoteTokens(text: string, tokens: readonly string[]): string {
  const [first = '', ...rest] = text.split(CODE);
  return [first, ...rest.map((part) => `\`${tokens[part.charCodeAt(0) - FIRST]}\`${part.slice(1)}`)].join('');
}
