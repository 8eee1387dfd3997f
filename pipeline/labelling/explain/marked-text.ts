/** Delimiters that mark tokens in a prompt. */
export type Marks = readonly [open: string, close: string];

export const doubleAngle: Marks = ['<<', '>>'];
export const doubleBrace: Marks = ['{{', '}}'];

/**
 * Tokens as one text, runs of marked ones between delimiters. What the corpus has of delimiters is broken by a space, so
 * that no text can mark itself.
 */
export function markedText(tokens: readonly string[], marksOf: (token: number) => Marks | undefined): string {
  let text = '';
  let open: Marks | undefined;
  for (const [i, token] of tokens.entries()) {
    const marks = marksOf(i);
    if (open && marks !== open) text += open[1];
    if (marks && marks !== open) text += marks[0];
    text += withoutMarks(token);
    open = marks;
  }
  return open ? text + open[1] : text;
}

/** Two tokens can make a delimiter together, so single characters are replaced where they double. */
const withoutMarks = (token: string): string => token.replace(/[<>{}]/g, (character) => stand[character] ?? character);
const stand: Readonly<Record<string, string | undefined>> = { '<': '‹', '>': '›', '{': '❴', '}': '❵' };

/** Text of the corpus as a JSON string: its line breaks and quotation marks end nothing of a prompt. */
export const quoted = (text: string): string => JSON.stringify(text);

/** The same of a token by itself, which marks nothing either. */
export const quotedToken = (token: string): string => quoted(withoutMarks(token));
