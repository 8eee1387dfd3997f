import { greatest } from '../../../pipeline/numbers/extremes.ts';
import { integer, part, percentage } from '../../page-kit/fillings.ts';
import { type Html, html } from '../../page-kit/html.ts';
import { barSteps } from '../../page-kit/levels.ts';
import type { Links } from '../../page-kit/links.ts';
import { pattern } from '../../page-kit/pattern.ts';

interface Scope {
  readonly layer: number;
  readonly sae: string;
  readonly weights: ArrayLike<number>;
  readonly largest: number;
  readonly links: Links;
}

/** Head weights as bars, each linking to its head's page; the scale is that of the largest. */
export function headBars(
  { layer, sae }: { readonly layer: number; readonly sae: string },
  weights: ArrayLike<number>,
  links: Links,
): Html {
  const heads = Array.from(weights, (_, head) => head);
  const largest = greatest(Array.from(weights), Number.MIN_VALUE);
  return html`<ol class="bars heads">${bars(heads, { layer, sae, weights, largest, links })}</ol>`;
}

const bars = pattern<number, Scope>`
  <li>
    <i class=w${integer((head, { weights, largest }) => barSteps(weights[head] / largest))}></i>
    <a href="${part((head, { links, sae }) => links.head(sae, head))}">${integer((_, { layer }) => layer)}.${integer((head) => head)}</a>
    <span>${percentage((head, { weights }) => weights[head], 2)}</span>
  </li>
`;

/** The head of the largest share of a decoder row's norm, and that share. */
export function leadingHead(weights: ArrayLike<number>): { head: number; weight: number } {
  return Array.from(weights).reduce((best, weight, head) => (weight > best.weight ? { head, weight } : best), {
    head: 0,
    weight: Number.NEGATIVE_INFINITY,
  });
}
