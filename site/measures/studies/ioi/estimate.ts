import { greatest, least } from '../../../../pipeline/numbers/extremes.ts';
import { type Html, html } from '../../../page-kit/html.ts';
import type { Estimate } from './data.ts';

const MINUS = '−';

/** A number of logits to two places, with its sign. */
export function logits(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
  const shown = Math.abs(value).toFixed(2);
  if (Number(shown) === 0) return '0.00';
  return value < 0 ? `${MINUS}${shown}` : `+${shown}`;
}

/** A mean with its interval, for a sentence. */
export const withInterval = ({ mean, low, high }: Estimate): string =>
  `${logits(mean)} (95% interval ${logits(low)} to ${logits(high)})`;

/** The same for a table's cell. */
export const estimateCell = ({ mean, low, high }: Estimate): Html =>
  html`${logits(mean)} <small>${logits(low)} … ${logits(high)}</small>`;

/** A share in whole per cent. */
export function wholePercent(share: number): string {
  const rounded = Math.round(share * 100);
  return `${rounded < 0 ? MINUS : ''}${Math.abs(rounded)}%`;
}

export interface StripMark extends Estimate {
  /** Colours it. */
  readonly kind: string;
}

const WIDTH = 200;
const HEIGHT = 26;
const EDGE = 5;

/** Estimates over a common axis, one line each, the zero marked: a figure for a table's cell. */
export function intervalStrip(marks: readonly StripMark[], [least, most]: readonly [number, number]): Html {
  const span = Math.max(most - least, Number.MIN_VALUE);
  const x = (value: number) => {
    const share = Math.min(1, Math.max(0, (value - least) / span));
    return Math.round((EDGE + share * (WIDTH - 2 * EDGE)) * 10) / 10;
  };
  const step = HEIGHT / (marks.length + 1);
  const lines = marks.map(({ mean, low, high, kind }, i) => {
    const y = Math.round((i + 1) * step * 10) / 10;
    return html`
      <g class=${kind}><path class=range d="M${x(low)} ${y}H${x(high)}"/><path class=mean d="M${x(mean)} ${y}h0"/></g>
    `;
  });
  return html`
    <svg class=strip viewBox="0 0 ${WIDTH} ${HEIGHT}" width=${WIDTH} height=${HEIGHT} aria-hidden=true>
      <path class=zero d="M${x(0)} 0V${HEIGHT}"/>${lines}
    </svg>
  `;
}

/** A domain that holds all means and 0, and their intervals where these are no longer than the means' own range. */
export function domainOf(estimates: readonly Estimate[]): readonly [number, number] {
  const means = estimates.map(({ mean }) => mean);
  const [lowest, highest] = [least(means, 0), greatest(means, 0)];
  const room = (highest - lowest) / 3;
  const lows = estimates.map(({ low }) => Math.max(low, lowest - room));
  const highs = estimates.map(({ high }) => Math.min(high, highest + room));
  return [least(lows, lowest), greatest(highs, highest)];
}
