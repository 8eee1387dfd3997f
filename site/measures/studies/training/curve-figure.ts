import type { CopyingOnset } from '../../../../pipeline/measures/studies/training/maths/copying-onset.ts';
import type { TrainingCurveRow } from '../../../../pipeline/measures/studies/training/table.ts';
import { greatest, least } from '../../../../pipeline/numbers/extremes.ts';
import { type Html, html, isNothing, nothing } from '../../../page-kit/html.ts';
import { linePath, type PlotArea, type Point, plotScales, spreadLabels } from '../plot.ts';

/** A column as a line of the figure, with the name that stands at its end. */
interface CurveLine {
  readonly column: keyof TrainingCurveRow;
  readonly name: string;
  /** Colours it. */
  readonly kind: 'long' | 'short' | 'unclear' | 'none';
}

export interface CurveFigure {
  readonly lines: readonly CurveLine[];
  readonly label: string;
  /** Between a tenth and half of the gain it is shaded. */
  readonly onset: CopyingOnset<TrainingCurveRow> | undefined;
  readonly height: number;
  /** A value that has to be in sight. */
  readonly zero?: boolean;
}

interface Frame {
  readonly width: number;
  /** Room for the numbers at the left, and for the lines' names at the right. */
  readonly left: number;
  readonly right: number;
}

/** Letters grow and shrink with a drawing, so that a phone has one of its own; the stylesheet shows one of the two. */
const FRAMES: readonly Frame[] = [
  { width: 720, left: 34, right: 130 },
  { width: 340, left: 28, right: 96 },
];

/** Values by millions of tokens; shaded, the part of the training in which copying came. */
export function curveFigure(rows: readonly TrainingCurveRow[], figure: CurveFigure): Html {
  const drawings = FRAMES.map((frame) => drawnIn(frame, rows, figure));
  return drawings.every(isNothing) ? nothing : html`<figure class=training>${drawings}</figure>`;
}

function drawnIn({ width, left, right }: Frame, rows: readonly TrainingCurveRow[], figure: CurveFigure): Html {
  const area: PlotArea = { left, top: 8, width: width - left - right, height: figure.height };
  const series = figure.lines.map((line) => ({ line, points: pointsOf(rows, line.column) }));
  const shown = series.filter(({ points }) => points.length > 1);
  const values = shown.flatMap(({ points }) => points.map(([, value]) => value));
  if (values.length === 0) return nothing;
  const domain = [figure.zero ? Math.min(0, least(values, 0)) : least(values, values[0]), greatest(values, 0)] as const;
  const end = millions(rows.at(-1)?.tokens ?? 0);
  const { x, y } = plotScales(area, [0, end], domain);
  const bottom = area.top + area.height;
  const ends = shown.map(({ points }) => y(points.at(-1)?.[1] ?? 0));
  const places = spreadLabels(ends, 14, area.top, bottom);
  const drawn = shown.map(({ line, points }, i) => {
    const path = linePath(points.map(([tokens, value]): Point => [x(tokens), y(value)]));
    const name = html`
      <text class=name x="${area.left + area.width + 8}" y="${places[i] + 4}">${line.name}</text>
    `;
    return html`<g class=${line.kind}><path class=line d="${path}"/>${name}</g>`;
  });
  return html`
    <svg viewBox="0 0 ${width} ${bottom + 22}" role=img aria-label="${figure.label}">
      ${grid(area, domain, y)}${below(end, bottom, x)}${shade(figure.onset, area, x)}${drawn}
    </svg>
  `;
}

const millions = (tokens: number): number => tokens / 1e6;

function pointsOf(rows: readonly TrainingCurveRow[], column: keyof TrainingCurveRow): Point[] {
  return rows.flatMap((row): Point[] => {
    const value = row[column];
    return value === null ? [] : [[millions(row.tokens), value]];
  });
}

/** Steps of 1, 2 or 5 times a power of ten, some five of them. */
function ticksOf([low, high]: readonly [number, number]): number[] {
  const rough = (high - low || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

const shownTick = (tick: number) => String(Number(tick.toPrecision(3))).replace('-', '−');

function grid({ left, width }: PlotArea, domain: readonly [number, number], y: (value: number) => number): Html {
  const ticks = ticksOf(domain);
  const lines = ticks.map((tick) => `M${left} ${y(tick)}H${left + width}`).join('');
  const names = ticks.map((tick) => html`<text class=end x="${left - 6}" y="${y(tick) + 4}">${shownTick(tick)}</text>`);
  return html`<path class=base d="${lines}"/>${names}`;
}

function below(end: number, bottom: number, x: (value: number) => number): Html {
  const names = ticksOf([0, end]).map(
    (tick) => html`<text class=mid x="${x(tick)}" y="${bottom + 16}">${shownTick(tick)} M</text>`,
  );
  return html`${names}`;
}

function shade(onset: CurveFigure['onset'], { top, height }: PlotArea, x: (value: number) => number): Html {
  if (!onset) return nothing;
  const [from, to] = [x(millions(onset.tenth.tokens)), x(millions(onset.half.tokens))];
  return html`<g class=unclear><path class=band d="M${from} ${top}H${to}V${top + height}H${from}Z"/></g>`;
}
