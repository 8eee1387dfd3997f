import { greatest } from '../../../pipeline/numbers/extremes.ts';
import { signed } from '../../page-kit/format.ts';
import { type Html, html } from '../../page-kit/html.ts';
import { barClass } from '../../page-kit/levels.ts';
import { tokenLabel } from '../../page-kit/token-text.ts';

export interface TokenValue {
  readonly token_id: number;
  readonly token: string;
  readonly value: number;
}

/** Promoted and suppressed tokens side by side, bars on one common scale. */
export function logitLists(promoted: readonly TokenValue[], suppressed: readonly TokenValue[]): Html {
  const largest = greatest(
    [...promoted, ...suppressed].map(({ value }) => Math.abs(value)),
    Number.MIN_VALUE,
  );
  return html`
    <div class=logits>
      <div><h3>Promoted</h3>${logitList(promoted, largest, 'up')}</div>
      <div><h3>Suppressed</h3>${logitList(suppressed, largest, 'down')}</div>
    </div>
  `;
}

function logitList(tokens: readonly TokenValue[], largest: number, direction: 'up' | 'down'): Html {
  const items = tokens.map(
    ({ token, value }) =>
      html`
        <li>
          <i class=${barClass(Math.abs(value) / largest)}></i><code>${tokenLabel(token)}</code>
          <span>${signed(value)}</span>
        </li>
      `,
  );
  return html`<ol class="bars ${direction}">${items}</ol>`;
}
