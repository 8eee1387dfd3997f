import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';

export interface BuiltPage {
  readonly name: string;
  readonly html: string;
}

export function builtPages(folder: string): BuiltPage[] {
  const names = globSync('**/*.html', { cwd: folder }).sort();
  return names.map((name) => ({ name, html: readFileSync(join(folder, name), 'utf8') }));
}

/** The site's own addresses in a page, without query and hash, entities decoded as far as an address has any. */
export function linksOf({ html }: BuiltPage): string[] {
  return [...html.matchAll(/ (?:href|src)="([^"]*)"/g)]
    .map(([, url = '']) => url.replaceAll('&amp;', '&'))
    .filter((url) => !/^(#|https:\/\/(?:arxiv|doi)\.org\/)/.test(url))
    .map((url) => url.replace(/[?#].*$/, ''));
}
