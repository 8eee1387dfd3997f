import { type Html, html } from '../page-kit/html.ts';
import type { PageEnv } from '../page-kit/page-env.ts';

/** The address of what a page shows as JSON: `f/5/123` → `f/5/123.json`. */
export const jsonFile = (page: string): string => `${page}.json`;

/** What tells programs, and the page's own button, that the page is there as JSON; nothing where it is not. */
export function jsonLine(page: string, { hasJson, links }: PageEnv): Html | false {
  return hasJson && html`<link rel=alternate type=application/json href="${links.file(jsonFile(page))}">`;
}
