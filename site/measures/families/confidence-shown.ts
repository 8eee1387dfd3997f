import type { FamilyCheckRow } from '../../../pipeline/measures/families/table.ts';
import { count, percent } from '../../page-kit/format.ts';
import { type Html, html } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';

/** How many random active tokens of a feature were tried for its family, and how many show it. */
type Check = Pick<FamilyCheckRow, 'tokens' | 'shown'>;

/**
 * A family's confidence in few words: with what became of the feature's own random tokens, which is another question, or,
 * where none were tried, with what the confidence is a share of.
 */
export function confidenceShown(confidence: number, check: Check | undefined, links: Links): Html {
  const value = html`<a href="${links.page('methods')}#confidence">confidence</a> ${percent(confidence, 2)}`;
  return check
    ? html`${value}, ${checkShown(check)}`
    : html`${value}: the share that is right of made features on such evidence`;
}

/** `shows on 3 of 20 random tokens` */
const checkShown = ({ tokens, shown }: Check): string =>
  `shows on ${count(shown)} of ${count(tokens)} random token${tokens === 1 ? '' : 's'}`;
