import { type Html, html, nothing } from '../page-kit/html.ts';
import { cardSize } from './size.ts';
import { shortened, textLine, textWidth, wrapText } from './text.ts';

/** What a link's preview shows. */
export interface Card {
  /** Whose it is, in small letters above. */
  readonly place: string;
  readonly title: string;
  readonly verdict: string;
  readonly sentence: string;
  readonly barsTitle: string;
  readonly bars: readonly { readonly name: string; readonly share: number; readonly value: string }[];
  readonly figures: readonly (readonly [name: string, value: string])[];
}

/** The colours of the light theme, which a picture cannot take from the page. */
const colors = {
  paper: '#fbfbf8',
  ink: '#1b2430',
  soft: '#515c6b',
  line: '#d9d8cf',
  track: '#ecebe4',
  mass: '#d98a3a',
  verdict: '#9a5a14',
  glyph: ['#fad595', '#f0b45b', '#dd7f38'],
} as const;

const LEFT = 72;
const RIGHT = 1128;
const COLUMN = 790;
const BARS = 6;
const FIGURES = 4;
/** Of a title, the first in which it has room. */
const TITLE_SIZES = [84, 72, 60, 50];

/** A card as SVG in the shape that previews of links have, with no picture, script or style from elsewhere. */
export function cardSvg(card: Card): Html {
  const { width, height } = cardSize;
  return html`
    <svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"
      font-family="Inter">
      <rect width="${width}" height="${height}" fill="${colors.paper}"/>
      <rect width="${width}" height="10" fill="${colors.mass}"/>${heading(card)}${barList(card)}${figureRow(card)}
    </svg>
  `;
}

function heading({ place, title, verdict, sentence }: Card): Html {
  const width = COLUMN - LEFT - 60;
  const lines = wrapText(sentence, 25, width, 6);
  const size = TITLE_SIZES.find((each) => textWidth(title, each) <= width) ?? TITLE_SIZES[TITLE_SIZES.length - 1];
  return html`
    ${glyph(LEFT, 58)}
    ${textLine(LEFT + 48, 84, shortened(place, 25, RIGHT - LEFT - 48), { size: 25, fill: colors.soft })}
    ${textLine(LEFT, 190, shortened(title, size, width), { size, fill: colors.ink, weight: 600 })}
    ${textLine(LEFT, 246, shortened(verdict, 33, width), { size: 33, fill: colors.verdict, weight: 600 })}
    ${lines.map((line, i) => textLine(LEFT, 300 + 35 * i, line, { size: 25, fill: colors.ink }))}
  `;
}

function barList({ barsTitle, bars }: Card): Html {
  if (bars.length === 0) return nothing;
  const rows = bars.slice(0, BARS).map(({ name, share, value }, i) => {
    const y = 182 + 54 * i;
    const length = Math.round((RIGHT - COLUMN) * Math.min(1, Math.max(0, share)));
    return html`
      ${textLine(COLUMN, y, shortened(name, 22, 250), { size: 22, fill: colors.ink })}
      ${textLine(RIGHT, y, value, { size: 22, fill: colors.ink, weight: 600, anchor: 'end' })}
      <rect x="${COLUMN}" y="${y + 10}" width="${RIGHT - COLUMN}" height="9" rx="3" fill="${colors.track}"/>
      <rect x="${COLUMN}" y="${y + 10}" width="${length}" height="9" rx="3" fill="${colors.mass}"/>
    `;
  });
  return html`${textLine(COLUMN, 138, barsTitle, { size: 20, fill: colors.soft })}${rows}`;
}

function figureRow({ figures }: Card): Html {
  const step = (RIGHT - LEFT) / FIGURES;
  const items = figures.slice(0, FIGURES).map(
    ([name, value], i) =>
      html`
          ${textLine(LEFT + step * i, 560, shortened(name, 19, step - 16), { size: 19, fill: colors.soft })}
          ${textLine(LEFT + step * i, 598, shortened(value, 31, step - 16), { size: 31, fill: colors.ink, weight: 600 })}
        `,
  );
  return items.length === 0
    ? nothing
    : html`<path d="M${LEFT} 527H${RIGHT}" stroke="${colors.line}" stroke-width="1.5"/>${items}`;
}

/** The site's mark: squares of three shades, 32 wide. */
function glyph(x: number, y: number): Html {
  const squares = [
    [0, 1, 0],
    [0, 2, 0],
    [1, 1, 1],
    [1, 2, 1],
    [0, 0, 2],
    [2, 2, 2],
  ] as const;
  const rects = squares.map(
    ([column, row, shade]) =>
      html`<rect x="${x + 11 * column}" y="${y + 11 * row}" width="9" height="9" fill="${colors.glyph[shade]}"/>`,
  );
  return html`${rects}`;
}
