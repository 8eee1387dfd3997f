import type { ComparedRunRow } from '../../../pipeline/measures/comparison/table.ts';
import { type Html, html } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';
import { visibleText } from '../../page-kit/token-text.ts';

/** The run that this one is compared with, as pages name it and link to it. */
export interface OtherRun {
  readonly name: string;
  /** Where its site is, a slash behind it; empty where that is not known. */
  readonly site: string;
  /** Whether the reader's browser may read its pages from this site. */
  readonly isOnSameHost: boolean;
}

export function otherRun({ name, site }: Pick<ComparedRunRow, 'name' | 'site'>): OtherRun {
  return { name: visibleText(name), site: site ?? '', isOnSameHost: site?.startsWith('/') ?? false };
}

/** A feature of the other run by its number, linked where its page is known. */
export function otherFeature(other: OtherRun, sae: string, feature: number): Html {
  if (other.site === '') return html`${feature}`;
  return html`<a href="${`${other.site}f/${sae}/${feature}.html`}">${feature}</a>`;
}

/** A link that puts a feature beside one of the other run; nothing where the other's pages cannot be read. */
export function compareWithOther(links: Links, other: OtherRun, own: string, second: string): Html | false {
  if (!other.isOnSameHost) return false;
  return html`<a class=to-compare href="${`${links.page('compare')}?a=${own}&b=other/${second}`}">compare</a>`;
}
