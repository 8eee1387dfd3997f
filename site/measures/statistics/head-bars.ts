import { greatest } from '../../../pipeline/numbers/extremes.ts';
import { percent } from '../../page-kit/format.ts';
import { type Html, html } from '../../page-kit/html.ts';
import { barClass } from '../../page-kit/levels.ts';
import type { Links } from '../../page-kit/links.ts';

/** Head weights as bars, each linking to its head's page; the scale is that of the largest. */
export function headBars(
  { layer, sae }: { readonly layer: number; readonly sae: string },
  weights: ArrayLike<number>,
  links: Links,
): Html {
  const list = Array.from(weights);
  const largest = greatest(list, Number.MIN_VALUE);
  const items = list.map(
    (weight, head) =>
      html`
        <li>
          <i class=${barClass(weight / largest)}></i><a href="${links.head(sae, head)}">${layer}.${head}</a>
          <span>${percent(weight, 2)}</span>
        </li>
      `,
  );
  return html`<ol class="bars heads">${items}</ol>`;
}

/** The head of the largest share of a decoder row's norm, and that share. */
export function leadingHead(weights: ArrayLike<number>): { head: number; weight: number } {
  return Array.from(weights).reduce((best, weight, head) => (weight > best.weight ? { head, weight } : best), {
    head: 0,
    weight: Number.NEGATIVE_INFINITY,
  });
}
