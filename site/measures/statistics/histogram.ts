import { greatest } from '../../../pipeline/numbers/extremes.ts';
import type { ByteSink } from '../../page-kit/byte-sink.ts';
import { count, significant } from '../../page-kit/format.ts';
import { type DrawingParts, drawing, type Html, html } from '../../page-kit/html.ts';

export interface Histogram {
  readonly edges: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

const STEP = 6;
const HEIGHT = 72;

/** Heights of the bars in 0…1 of the tallest; log(1 + n) on the log scale, so that a single token still shows. */
export function barHeights(counts: ArrayLike<number>, scale: 'linear' | 'log'): number[] {
  const measure = (n: number): number => (scale === 'log' ? Math.log1p(n) : n);
  const tallest = greatest(Array.from(counts, measure), 0);
  return Array.from(counts, (n) => (tallest === 0 ? 0 : measure(n) / tallest));
}

/** One path of upright strokes, a bar each, empty bins left out; coordinates in the SVG's user space, y down. */
export function barsPath(heights: readonly number[], step = STEP, height = HEIGHT): string {
  let path = '';
  for (let i = 0; i < heights.length; i++) {
    const share = heights[i];
    if (share > 0) path += `M${i * step + step / 2} ${height}v-${Math.max(1, Math.round(share * height))}`;
  }
  return path;
}

/** Activation histogram over (0, max] with linear and log counts in one figure; a checkbox in it switches. */
export function histogramFigure({ edges, counts }: Histogram): Html {
  const max = edges[edges.length - 1];
  return drawing('histogram', { texts: [String(max)], numbers: [counts], tokens: [] }, drawHistogram);
}

/** Draws a histogram from its maximum, with all its digits, and its counts. */
export const drawHistogram = (parts: DrawingParts, sink: ByteSink): void => figure(parts).writeTo(sink);

function figure({ texts: [printed], numbers: [counts = []] }: DrawingParts): Html {
  const max = Number(printed);
  const width = counts.length * STEP;
  const total = Array.from(counts).reduce((sum, n) => sum + n, 0);
  const path = (scale: 'linear' | 'log'): Html =>
    html`<path class=${scale} d="${barsPath(barHeights(counts, scale))}"/>`;
  return html`
    <figure class=hist>
      <figcaption>
        Activations of ${count(total)} active tokens <label><input type=checkbox checked> log counts</label>
      </figcaption>
      <svg viewBox="0 0 ${width} ${HEIGHT + 1}" role=img
        aria-label="Histogram of activations from 0 to ${significant(max)}" data-max=${max}
        data-c="${Array.from(counts).join(' ')}">
        ${path('linear')}${path('log')}<path class=base d="M0 ${HEIGHT + 0.5}h${width}"/>
      </svg>
      <p class=axis><span>0</span><span>${significant(max / 2)}</span><span>${significant(max)}</span></p>
    </figure>
  `;
}
