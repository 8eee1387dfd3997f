import { html } from '../page-kit/html.ts';

/** What an embedded page shows; of a feature's or head's page the heading always. */
export interface EmbedChoice {
  /** Address of the page; a packed one's says by its query which feature it shows, `f/5.html?123`. */
  readonly url: string;
  readonly title: string;
  /** Keys of sections; all where none is left out. */
  readonly sections: readonly string[] | 'all';
  readonly theme: 'light' | 'dark' | '';
  /** Pixels that the page takes as it is. */
  readonly height: number;
}

/** The address that names a page alone, without what of its state is in the address. */
export function pageUrl({ origin, pathname, search }: Pick<Location, 'origin' | 'pathname' | 'search'>): string {
  const packed = /^\?\d+(?=&|$)/.exec(search)?.[0] ?? '';
  return `${origin}${pathname}${packed}`;
}

/** The address of an embedded page: `f/5/123.html?embed=top,family&theme=dark`. */
export function embedAddress({ url, sections, theme }: Pick<EmbedChoice, 'url' | 'sections' | 'theme'>): string {
  const chosen = sections === 'all' ? 'all' : ['answer', ...sections].join(',');
  return `${url}${url.includes('?') ? '&' : '?'}embed=${chosen}${theme === '' ? '' : `&theme=${theme}`}`;
}

/** An <iframe> of a page, as tall as the page is. */
export function embedCode(choice: EmbedChoice): string {
  const address = embedAddress(choice);
  const height = Math.max(1, Math.ceil(choice.height));
  return html`
    <iframe src="${address}" title="${choice.title}" width="100%" height="${height}" loading="lazy" style="border:0"></iframe>
  `.text;
}

/** A BibTeX entry for a page of an atlas. */
export function citation(title: string, url: string, year: number): string {
  const escaped = title.replace(/[\\{}%#&_$~^]/g, (character) => (character === '\\' ? '' : `\\${character}`));
  const key = url
    .replace(/^https?:\/\//, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `@misc{${key},\n  title = {${escaped}},\n  howpublished = {Attention Atlas, \\url{${url}}},\n  year = {${year}}\n}`;
}
