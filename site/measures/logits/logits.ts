import { greatest } from '../../../pipeline/numbers/extremes.ts';
import { integer, part, signedDigits } from '../../page-kit/fillings.ts';
import { type Html, html } from '../../page-kit/html.ts';
import { barSteps } from '../../page-kit/levels.ts';
import { pattern } from '../../page-kit/pattern.ts';
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

const logitList = (tokens: readonly TokenValue[], largest: number, direction: 'up' | 'down'): Html =>
  html`<ol class="bars ${direction}">${bars(tokens, { largest })}</ol>`;

const bars = pattern<TokenValue, { readonly largest: number }>`
  <li>
    <i class=w${integer(({ value }, { largest }) => barSteps(Math.abs(value) / largest))}></i>
    <code>${part(({ token }) => tokenLabel(token))}</code>
    <span>${signedDigits(({ value }) => value)}</span>
  </li>
`;
