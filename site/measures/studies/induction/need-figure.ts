import { inductionThresholds } from '../../../../pipeline/measures/studies/induction/maths/induction-verdict.ts';
import { type Html, html } from '../../../page-kit/html.ts';
import { dotsPath, linePath, plotScales, spreadLabels } from '../plot.ts';
import { type HeadKind, headName, kindOf, type StudiedHead } from './data.ts';

const AREA = { left: 34, top: 12, width: 300, height: 260 };
const WIDTH = 400;
const HEIGHT = 308;
/** Where the names stand, and how close to each other. */
const NAMES = { left: 356, height: 13 };
const MOST_NAMES = 10;

/** Every head as a dot: attention after one matching token across, greatest attention up; the thresholds as lines. */
export function needFigure(heads: readonly StudiedHead[]): Html {
  const { attention: least, share } = inductionThresholds;
  const { x, y } = plotScales(AREA, [0, 1], [0, 1]);
  const placed = heads.flatMap((head) => {
    const [first] = head.curve;
    const { greatest } = head.row;
    return first && greatest !== null ? [{ head, at: [x(first.attention), y(greatest)] as const }] : [];
  });
  const dots = (['none', 'unclear', 'short', 'long'] as const).map((kind) => {
    const own = placed.filter(({ head }) => kindOf(head.row) === kind).map(({ at }) => at);
    return own.length === 0 ? '' : html`<path class="dot ${kind}" d="${dotsPath(own, 3.5)}"/>`;
  });
  const half = linePath([
    [x(least * share), y(least)],
    [x(share), y(1)],
  ]);
  return html`
    <figure class=need>
      <figcaption>
        Each dot is a head. Up: its greatest mean attention to the token that followed the earlier occurrence. Across:
        the same after a single matching token.
      </figcaption>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role=img aria-label="${label(heads)}">
        ${axes(x, y)}<path class=cut d="M${x(0)} ${y(least)}H${x(1)}"/><path class=cut d="${half}"/>
        ${region('long-prefix', x(0.06), y(0.93), 'long')}${region('short-prefix', x(0.96), y(0.33), 'short end')}
        ${region('not induction', x(0.96), y(0.06), 'end')}${dots}${names(placed)}
      </svg>
    </figure>
  `;
}

function axes(x: (value: number) => number, y: (value: number) => number): Html {
  const ticks = [0, 0.5, 1];
  const left = ticks.map((tick) => html`<text class=end x="${x(0) - 6}" y="${y(tick) + 4}">${tick}</text>`);
  const below = ticks.map((tick) => html`<text class=mid x="${x(tick)}" y="${y(0) + 16}">${tick}</text>`);
  const lines = ticks.map((tick) => `M${x(0)} ${y(tick)}H${x(1)}M${x(tick)} ${y(0)}V${y(1)}`).join('');
  const title = html`<text class=mid x="${x(0.5)}" y="${HEIGHT - 4}">attention after one matching token</text>`;
  return html`<path class=base d="${lines}"/>${left}${below}${title}`;
}

const region = (text: string, x: number, y: number, classes: string) =>
  html`<text class="region ${classes}" x="${x}" y="${y}">${text}</text>`;

interface Placed {
  readonly head: StudiedHead;
  readonly at: readonly [number, number];
}

/** The names of some heads that attend by induction, in a column beside the plot, each with a line to its dot. */
function names(placed: readonly Placed[]): Html {
  const named = nameable(placed);
  const bottom = AREA.top + AREA.height;
  const places = spreadLabels(
    named.map(({ at }) => at[1]),
    NAMES.height,
    AREA.top,
    bottom,
  );
  const labels = named.map(({ head, at }, i) => {
    const y = places[i];
    const line = linePath([
      [at[0] + 5, at[1]],
      [NAMES.left - 4, y],
    ]);
    return html`
        <path class=lead d="${line}"/>
        <text class="name ${kindOf(head.row)}" x="${NAMES.left}" y="${y + 4}">${headName(head.row)}</text>
      `;
  });
  return html`${labels}`;
}

/** Long-prefix and unclear heads before short-prefix ones, and of these those that attend most. */
function nameable(placed: readonly Placed[]): Placed[] {
  const weight = ({ head: { row } }: Placed) => (row.greatest ?? 0) + (kindOf(row) === 'short' ? 0 : 1);
  return placed
    .filter(({ head }) => head.row.half_prefix !== null)
    .toSorted((a, b) => weight(b) - weight(a))
    .slice(0, MOST_NAMES);
}

function label(heads: readonly StudiedHead[]): string {
  const counted = (kind: HeadKind) => heads.filter(({ row }) => kindOf(row) === kind).length;
  return `${counted('long')} long-prefix, ${counted('short')} short-prefix, ${counted('unclear')} unclear heads and ${counted('none')} that do not attend by induction; the table below has the numbers`;
}
