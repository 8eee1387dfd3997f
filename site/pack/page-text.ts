import type { RenderedPage } from '../page-kit/rendered-page.ts';

/** Between texts in a group; no page holds one, since tokens are spelled out where they cannot be seen. */
const BREAK = '\0';

/** The head and body of each of some pages as one text. */
export function joinPages(pages: readonly RenderedPage[]): string {
  return pages.map(({ head, body }) => `${head.text}${BREAK}${body.text}`).join(BREAK);
}

/** The head and body of the page at a place. Throws Error where there is none. */
export function pageAt(text: string, place: number): { readonly head: string; readonly body: string } {
  const [head, body] = text.split(BREAK, 2 * place + 2).slice(2 * place);
  if (head === undefined || body === undefined) throw new Error(`a group of pages has none at ${place}`);
  return { head, body };
}
