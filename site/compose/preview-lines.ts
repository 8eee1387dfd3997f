import { type Html, html } from '../page-kit/html.ts';
import { cardSize } from '../preview-image/size.ts';

export interface Preview {
  readonly title: string;
  readonly description: string;
  /** Addresses of the page and of its picture, with the host where it is known: who makes previews asks for it. */
  readonly url: string;
  readonly image: string;
}

/** What makes a link to the page show as a card: Open Graph and Twitter's words for it. Source: https://ogp.me. */
export function previewLines({ title, description, url, image }: Preview): Html {
  const properties: [string, string][] = [
    ['og:type', 'article'],
    ['og:site_name', 'Attention Atlas'],
    ['og:title', title],
    ['og:description', description],
    ['og:url', url],
    ['og:image', image],
    ['og:image:width', String(cardSize.width)],
    ['og:image:height', String(cardSize.height)],
  ];
  const lines = properties.map(([name, content]) => html`<meta property="${name}" content="${content}">`);
  return html`${lines}<meta name="twitter:card" content="summary_large_image">`;
}
