import { type Html, html } from '../page-kit/html.ts';

/** Rough widths of Inter's letters, in em, on the generous side: enough to break lines by. */
const widths: readonly (readonly [RegExp, number])[] = [
  [/[iljI.,:;'’|!]/, 0.29],
  [/[ftr()[\]\s-]/, 0.38],
  [/[mwMW%@]/, 0.9],
  [/[A-Z0-9→–−+]/, 0.68],
  [/[\u3000-\uffff]|\p{Emoji_Presentation}/u, 1.05],
];
const USUAL = 0.59;

export function textWidth(text: string, size: number): number {
  const em = [...text].reduce((sum, letter) => sum + (widths.find(([some]) => some.test(letter))?.[1] ?? USUAL), 0);
  return em * size;
}

/** A text cut at spaces into lines of a width, at most so many; the last ends in … where there is more. */
export function wrapText(text: string, size: number, width: number, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer, size) <= width) line = longer;
    else {
      if (line !== '') lines.push(line);
      line = word;
    }
  }
  if (line !== '') lines.push(line);
  if (lines.length <= most) return lines.map((each) => shortened(each, size, width));
  return [...lines.slice(0, most - 1), shortened(`${lines[most - 1]} …`, size, width)];
}

/** A line that ends in … where it would be wider. */
export function shortened(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  const letters = [...text.replace(/ ?…$/, '')];
  while (letters.length > 0 && textWidth(`${letters.join('')}…`, size) > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

export interface TextStyle {
  readonly size: number;
  readonly fill: string;
  readonly weight?: 400 | 600;
  readonly anchor?: 'start' | 'end';
}

/** A line of text at its baseline. */
export function textLine(
  x: number,
  y: number,
  text: string,
  { size, fill, weight = 400, anchor = 'start' }: TextStyle,
): Html {
  return html`
    <text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${printable(text)}</text>
  `;
}

// XML allows no control characters, and a lone surrogate is no text.
const printable = (text: string) => text.replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd');
