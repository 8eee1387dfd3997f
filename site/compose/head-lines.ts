import { type Html, html } from '../page-kit/html.ts';

/** Title and description of a page, for its <head>. */
export function headLines(title: string, description: string): Html {
  return html`<title>${title}</title><meta name="description" content="${description}">`;
}
