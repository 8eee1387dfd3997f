import { inductionThresholds } from '../../../../pipeline/measures/studies/induction/maths/induction-verdict.ts';
import type { InductionCurveRow } from '../../../../pipeline/measures/studies/induction/table.ts';
import { greatest, least } from '../../../../pipeline/numbers/extremes.ts';
import { signed, significant } from '../../../page-kit/format.ts';
import { type Html, html } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { bandPath, dotsPath, linePath, type PlotArea, type Point, plotScales } from '../plot.ts';
import { kindOf, type StudiedHead } from './data.ts';
import { headLink } from './head-link.ts';

const WIDTH = 240;
const ATTENTION: PlotArea = { left: 26, top: 8, width: 206, height: 100 };
const LOGITS: PlotArea = { left: 26, top: 14, width: 206, height: 56 };
const MOST_SHOWN = 24;

/** A panel a head: attention and, below it, direct logit attribution by length of the repeated prefix. */
export function curvePanels(heads: readonly StudiedHead[], env: PageEnv): Html {
  const scale = attributionDomain(heads);
  const panels = heads.map((head) => panel(head, scale, env));
  const more = panels.slice(MOST_SHOWN);
  return html`
    <div class=panels>${panels.slice(0, MOST_SHOWN)}</div>
    ${
      more.length === 0
        ? ''
        : html`<details class=more><summary>${more.length} more heads</summary><div class=panels>${more}</div></details>`
    }
  `;
}

type Domain = readonly [number, number];

/** One scale for all heads, so that their attributions can be compared. */
function attributionDomain(heads: readonly StudiedHead[]): Domain {
  const rows = heads.flatMap(({ curve }) => curve);
  const low = least(
    rows.map((row) => row.attribution_low),
    0,
  );
  const high = greatest(
    rows.map((row) => row.attribution_high),
    0,
  );
  return high > low ? [low, high] : [0, 1];
}

function panel(head: StudiedHead, scale: Domain, env: PageEnv): Html {
  const { row, curve } = head;
  return html`
    <figure class="panel ${kindOf(row)}">
      <figcaption><b>${headLink(row, env)}</b> ${row.verdict}</figcaption>
      ${attentionPlot(head)}${attributionPlot(curve, scale)}
    </figure>
  `;
}

function attentionPlot({ row, curve }: StudiedHead): Html {
  const half = (row.greatest ?? 0) * inductionThresholds.share;
  const lines = { low: 'attention_low', mean: 'attention', high: 'attention_high' } as const;
  return plot(curve, {
    area: ATTENTION,
    domain: [0, 1],
    ticks: [0, 0.5, 1],
    columns: lines,
    mark: half,
    label: `Mean attention by length of prefix: ${curve.map(({ prefix, attention }) => `${prefix}: ${significant(attention, 2)}`).join(', ')}`,
  });
}

function attributionPlot(curve: readonly InductionCurveRow[], [low, high]: Domain): Html {
  const lines = { low: 'attribution_low', mean: 'attribution', high: 'attribution_high' } as const;
  return plot(curve, {
    area: LOGITS,
    domain: [low, high],
    ticks: [0, high],
    columns: lines,
    label: `Direct logit attribution by length of prefix: ${curve.map(({ prefix, attribution }) => `${prefix}: ${signed(attribution, 2)}`).join(', ')}`,
    lengths: true,
  });
}

type Measure = 'attention' | 'attribution';

interface PlotOptions {
  readonly area: PlotArea;
  readonly domain: Domain;
  readonly ticks: readonly number[];
  readonly columns: Readonly<Record<'low' | 'mean' | 'high', Measure | `${Measure}_${'low' | 'high'}`>>;
  /** A value marked by a dashed line. */
  readonly mark?: number;
  readonly label: string;
  /** Whether the lengths of prefix stand below. */
  readonly lengths?: boolean;
}

function plot(curve: readonly InductionCurveRow[], options: PlotOptions): Html {
  const { area, domain, ticks, columns, mark, label, lengths } = options;
  const longest = greatest(
    curve.map(({ prefix }) => prefix),
    2,
  );
  const { x, y } = plotScales(area, [1, longest], domain);
  const points = (column: keyof InductionCurveRow) => curve.map((row): Point => [x(row.prefix), y(row[column])]);
  const right = area.left + area.width;
  const grid = ticks.map((tick) => `M${area.left} ${y(tick)}H${right}`).join('');
  const names = ticks.map(
    (tick) => html`<text class=end x="${area.left - 5}" y="${y(tick) + 4}">${Math.round(tick * 10) / 10}</text>`,
  );
  const below = curve.map(
    (row) => html`<text class=mid x="${x(row.prefix)}" y="${area.top + area.height + 15}">${row.prefix}</text>`,
  );
  return html`
    <svg viewBox="0 0 ${WIDTH} ${area.top + area.height + (lengths ? 18 : 6)}" role=img aria-label="${label}">
      <path class=base d="${grid}"/>${names}${lengths && below}
      ${mark !== undefined && html`<path class=cut d="M${area.left} ${y(mark)}H${right}"/>`}
      <path class=band d="${bandPath(points(columns.low), points(columns.high))}"/>
      <path class=line d="${linePath(points(columns.mean))}"/><path class=dot d="${dotsPath(points(columns.mean), 2)}"/>
    </svg>
  `;
}
