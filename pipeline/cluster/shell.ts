/** Text as one word of a POSIX shell. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

export const quotedAll = (words: readonly string[]): string => words.map(quoted).join(' ');
