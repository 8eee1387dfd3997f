import { type Html, html } from '../page-kit/html.ts';
import type { Links } from '../page-kit/links.ts';
import { overviewImageFile } from '../preview-image/names.ts';
import { previewLines } from './preview-lines.ts';

export interface PageWords {
  readonly title: string;
  readonly description: string;
}

/** Characters of a description that previews show. */
const MOST = 200;

/**
 * The lines of a page's <head> that are its own: title, description, what its preview shows, and where the host is known
 * its canonical address. `page` is its name without extension, '' the overview.
 */
export function headLines(words: PageWords, links: Links, page: string, image = overviewImageFile): Html {
  const { title, description } = words;
  const path = page === '' ? '' : `${page}.html`;
  const url = links.shared(path);
  const canonical = url.startsWith('http') && html`<link rel=canonical href="${url}">`;
  return html`
    ${plainLines(words)}${canonical}
    ${previewLines({ title, description: shortened(description), url, image: links.shared(image) })}
  `;
}

/** Title and description alone, of a page that nobody links to. */
export const plainLines = ({ title, description }: PageWords): Html =>
  html`<title>${title}</title><meta name="description" content="${description}">`;

/** Cut at a word. */
function shortened(text: string): string {
  if (text.length <= MOST) return text;
  const cut = text.slice(0, MOST);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), MOST / 2)).replace(/[\s,.;:]+$/, '')}…`;
}
