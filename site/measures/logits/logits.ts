import { greatest } from '../../../pipeline/numbers/extremes.ts';
import { escapeText } from '../../page-kit/escape.ts';
import { signed } from '../../page-kit/format.ts';
import { barClass } from '../../page-kit/levels.ts';
import { tokenLabel } from '../../page-kit/token-text.ts';

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
