const NAMED: Readonly<Record<string, string>> = { '\n': '↵', '\t': '⇥', '\r': '␍' };
const [SPACE, NO_BREAK_SPACE] = ['·', '⍽'];

// Controls, lone surrogates, and the characters that are invisible or turn the direction of what follows:
// soft hyphen, Arabic letter mark, Mongolian and Hangul fillers, zero widths, bidi marks, embeddings,
// overrides and isolates, line and paragraph separators, BOM, interlinear marks, tags.
const UNSEEN = new RegExp(
  '[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f' +
    '\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{e0000}-\\u{e0fff}]',
  'gu',
);

/** Most tokens, recognised without the slower search for the characters above. */
const PLAIN = /^[ -~]*$/;

function spelled(character: string): string {
  const named = NAMED[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

/** A token as it stands inside running text: what cannot be seen is spelled out, spaces stay. */
export function visibleText(token: string): string {
  return PLAIN.test(token) ? token : token.replace(UNSEEN, spelled);
}

/** A token on its own: spaces show as middle dots, a leading combining mark gets a circle to stand on. */
export function tokenLabel(token: string): string {
  if (PLAIN.test(token)) return token.includes(' ') ? token.replaceAll(' ', SPACE) : token;
  const text = visibleText(token).replaceAll(' ', SPACE).replaceAll('\u00a0', NO_BREAK_SPACE);
  return /^\p{M}/u.test(text) ? `◌${text}` : text;
}

/** What the signs of tokenLabel stand for. */
const MEANT = new Map([
  ...Object.entries(NAMED).map(([character, sign]) => [sign, character] as const),
  ...([
    [SPACE, ' '],
    [NO_BREAK_SPACE, '\u00a0'],
  ] as const),
]);

/** The text that a label without spelled-out characters was made of: signs for spaces and line ends become what they stand for. */
export const labelledText = (label: string): string => Array.from(label, (sign) => MEANT.get(sign) ?? sign).join('');
