import { greatest } from '../../../pipeline/core/extremes.ts';
import { signed } from '../format.ts';
import { barClass } from '../levels.ts';
import { tokenLabel } from '../token-text.ts';
import { escapeText } from './escape.ts';

export interface TokenValue {
  readonly token_id: number;
  readonly token: string;
  readonly value: number;
}

/** Promoted and suppressed tokens side by side, bars on one common scale. */
export function logitLists(promoted: readonly TokenValue[], suppressed: readonly TokenValue[]): string {
  const largest = greatest(
    [...promoted, ...suppressed].map(({ value }) => Math.abs(value)),
    Number.MIN_VALUE,
  );
  return (
    `<div class=logits><div><h3>Promoted</h3>${logitList(promoted, largest, 'up')}</div>` +
    `<div><h3>Suppressed</h3>${logitList(suppressed, largest, 'down')}</div></div>`
  );
}

function logitList(tokens: readonly TokenValue[], largest: number, direction: 'up' | 'down'): string {
  const items = tokens.map(
    ({ token, value }) =>
      `<li><i class=${barClass(Math.abs(value) / largest)}></i><code>${escapeText(tokenLabel(token))}</code>` +
      `<span>${signed(value)}</span></li>`,
  );
  return `<ol class="bars ${direction}">${items.join('')}</ol>`;
}
