/** Control characters, those that reorder text, line separators and lone surrogates: what could fool a terminal's reader. */
const unprintable = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
const short: Readonly<Record<string, string | undefined>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text on one line that a terminal shows as it is: what would steer it is escaped, as `\u001b`. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => short[character] ?? escaped(character.charCodeAt(0)));
}

const escaped = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;

/** Text of at most `most` characters: of a longer one the middle is left out, so that a file at its end stays. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 1) * 0.6);
  return `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`;
}
