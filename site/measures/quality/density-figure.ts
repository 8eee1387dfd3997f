import type { SaeRow } from '../../../pipeline/measures/quality/table.ts';
import { figureTable } from '../../page-kit/figure-table.ts';
import { count, significant } from '../../page-kit/format.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';
import { barHeights, barsPath } from '../statistics/histogram.ts';
import { saeTitle } from './sae-title.ts';

type Counted = Pick<SaeRow, 'layer' | 'sae' | 'density_histogram' | 'dead_features' | 'dense_features'>;
type Histogram = NonNullable<SaeRow['density_histogram']>;

const STEP = 12;
const HEIGHT = 90;
/** A feature of a higher density is dense. */
const DENSE_LOG10 = -1;

/** An SAE's features by log10 of their density, and a rule where they begin to be dense; nothing where they were not counted. */
export function densityFigure({ density_histogram, ...row }: Counted): Html {
  if (density_histogram === null) return nothing;
  const { edges, counts } = density_histogram;
  const width = counts.length * STEP;
  const [low] = edges;
  const place = (log10: number) => ((log10 - low) * counts.length * STEP) / -low;
  const alive = counts.reduce((sum, features) => sum + features, 0);
  return html`
    <figure class=density>
      <figcaption><b>${saeTitle(row)}</b> ${count(alive)} features active, ${count(row.dead_features)} dead${denseText(row)}</figcaption>
      <svg viewBox="0 0 ${width} ${HEIGHT + 22}" role=img aria-label="${densityText(density_histogram)}">
        <path class=bars d="${barsPath(barHeights(counts, 'linear'), STEP, HEIGHT)}"/>
        <path class=base d="M0 ${HEIGHT + 0.5}h${width}"/>
        <path class=cut d="M${place(DENSE_LOG10)} 0V${HEIGHT}"/>
        ${decades(edges).map((log10) => html`<text class="${sideOf(log10, low)}" x="${place(log10)}" y="${HEIGHT + 16}">${powerName(log10)}</text>`)}
      </svg>
      ${densityTable(density_histogram, row)}
    </figure>
  `;
}

/** All bins: an empty one is a 0, not a gap. */
function densityTable({ edges, counts }: Histogram, row: Pick<Counted, 'layer' | 'sae'>): Html {
  const share = (bin: number) => 10 ** edges[bin];
  const inWords = (bin: number) => `${significant(100 * share(bin), 2)}%`;
  return figureTable<number>({
    name: `Features of ${saeTitle(row)} by density`,
    file: `density-${row.sae}`,
    columns: [
      { name: 'Density from', key: 'from', value: share, show: inWords },
      { name: 'to', key: 'to', value: (bin) => share(bin + 1), show: (bin) => inWords(bin + 1) },
      { name: 'Features', key: 'features', value: (bin) => counts[bin], show: (bin) => count(counts[bin]) },
    ],
    rows: Array.from(counts, (_, bin) => bin),
  });
}

const denseText = ({ dense_features }: Pick<Counted, 'dense_features'>): string =>
  dense_features === null ? '' : `, ${count(dense_features)} dense`;

const decades = (edges: ArrayLike<number>): number[] => Array.from(edges).filter(Number.isInteger);

/** A label stays above its axis at both ends. */
const sideOf = (log10: number, low: number): string => (log10 === low ? 'start' : log10 === 0 ? 'end' : 'mid');

/** 100%, 10%, 1%, 0.1%, then 10⁻⁴ and on. */
function powerName(log10: number): string {
  if (log10 >= -3) return `${Number((100 * 10 ** log10).toFixed(1))}%`;
  return `10⁻${String(-log10).replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])}`;
}

/** What the bars show, decade by decade. */
function densityText({ edges, counts }: Histogram): string {
  const text = decades(edges)
    .slice(0, -1)
    .map((log10) => {
      const features = counts.reduce((sum, n, bin) => (Math.floor(edges[bin]) === log10 ? sum + n : sum), 0);
      return `${count(features)} from ${powerName(log10)} to ${powerName(log10 + 1)}`;
    });
  return `Features by share of tokens that they are active on: ${text.join(', ')}`;
}
