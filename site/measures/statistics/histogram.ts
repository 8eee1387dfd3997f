import { greatest } from '../../../pipeline/numbers/extremes.ts';
import { asItIs, type ByteSink, inQuotes } from '../../page-kit/byte-sink.ts';
import { laterTable } from '../../page-kit/figure-table.ts';
import { count, significant } from '../../page-kit/format.ts';
import { type DrawingParts, drawing, type Html, html, kept } from '../../page-kit/html.ts';

export interface Histogram {
  readonly edges: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

const STEP = 6;
const HEIGHT = 72;
const MOVE = 0x4d;
const upward = new TextEncoder().encode(` ${HEIGHT}v-`);

/** Heights of the bars in 0…1 of the tallest; log(1 + n) on the log scale, so that a single token still shows. */
export function barHeights(counts: ArrayLike<number>, scale: 'linear' | 'log'): number[] {
  const heights: number[] = [];
  for (let i = 0; i < counts.length; i++) heights.push(scale === 'log' ? Math.log1p(counts[i]) : counts[i]);
  const tallest = greatest(heights, 0);
  for (let i = 0; i < heights.length; i++) heights[i] = tallest === 0 ? 0 : heights[i] / tallest;
  return heights;
}

/** One path of upright strokes, a bar each, empty bins left out; coordinates in the SVG's user space, y down. */
export function barsPath(heights: readonly number[], step = STEP, height = HEIGHT): string {
  let path = '';
  for (let i = 0; i < heights.length; i++) {
    const share = heights[i];
    if (share > 0) path += `M${i * step + step / 2} ${height}v-${barHeight(share, height)}`;
  }
  return path;
}

const barHeight = (share: number, height: number): number => Math.max(1, Math.round(share * height));

/** Activation histogram over (0, max] with linear and log counts in one figure; a checkbox in it switches. */
export function histogramFigure({ edges, counts }: Histogram): Html {
  const max = edges[edges.length - 1];
  const parts = { texts: [String(max)], numbers: [counts], tokens: [] };
  return drawing({ name: 'histogram', partsOf: (own) => own, draw: drawHistogram }, parts);
}

const table = kept(laterTable('activations'));

const texts = html`
  <figure class=hist>
    <figcaption>
      Activations of ${''} active tokens <label><input type=checkbox checked> log counts</label>
    </figcaption>
    <svg viewBox="0 0 ${''} ${''}" role=img
      aria-label="Histogram of activations from 0 to ${''}" data-max=${0} data-c="${''}">
      <path class=linear d="${''}"/><path class=log d="${''}"/><path class=base d="M0 ${''}h${''}"/>
    </svg>
    <p class=axis><span>0</span><span>${''}</span><span>${''}</span></p>
    ${''}
  </figure>
`.textsAround;

/** Draws a histogram from its maximum, with all its digits, and its counts. */
export function drawHistogram({ texts: [max], numbers: [counts = []] }: DrawingParts, sink: ByteSink): void {
  const text = (value: string | number) => () => sink.addText(String(value), inQuotes);
  const path = (scale: 'linear' | 'log') => () => writeBars(barHeights(counts, scale), sink);
  const width = counts.length * STEP;
  const [half, whole] = [text(significant(Number(max) / 2)), text(significant(Number(max)))];
  const values = [
    ...[text(count(sumOf(counts))), text(width), text(HEIGHT + 1), whole, text(max), () => writeCounts(counts, sink)],
    ...[path('linear'), path('log'), text(HEIGHT + 0.5), text(width), half, whole],
    () => table.writeTo(sink),
  ];
  for (const [i, write] of values.entries()) {
    sink.add(texts[i]);
    write();
  }
  sink.add(texts[values.length]);
}

function sumOf(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i];
  return sum;
}

function writeCounts(counts: ArrayLike<number>, sink: ByteSink): void {
  for (let i = 0; i < counts.length; i++) sink.addText(i === 0 ? String(counts[i]) : ` ${counts[i]}`, asItIs);
}

/** What `barsPath` has, as bytes. */
function writeBars(heights: readonly number[], sink: ByteSink): void {
  for (let i = 0; i < heights.length; i++) {
    const share = heights[i];
    if (!(share > 0)) continue;
    sink.addByte(MOVE);
    sink.addInteger(i * STEP + STEP / 2);
    sink.add(upward);
    sink.addInteger(barHeight(share, HEIGHT));
  }
}
