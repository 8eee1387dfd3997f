/** Characters of a label at most. */
const most = 600;

/** Controls, and what turns the direction of the text behind it. */
const unseen = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/gu;

/** A label as a table keeps it: one line, without characters that cannot be seen, cut where it is an essay. */
export function labelText(text: string): string {
  const line = text.replace(unseen, ' ').replace(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1).trimEnd()}…`;
}
