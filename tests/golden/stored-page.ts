import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** Compares a page with tests/golden/pages/NAME.html; ATLAS_STORE_PAGES=yes stores it instead. */
export function expectStored(name: string, page: string): void {
  const file = fileURLToPath(new URL(`pages/${name}.html`, import.meta.url));
  const shown = comparable(page);
  if (process.env.ATLAS_STORE_PAGES === 'yes') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, shown);
  }
  expect(shown, `${name}.html, stored again by ATLAS_STORE_PAGES=yes`).toBe(readFileSync(file, 'utf8'));
}

/** A tag a line, so that a difference is a few lines; the hashes in the names of styles and scripts are cut out. */
const comparable = (page: string): string =>
  `${page.replace(/(\/_astro\/[\w.-]*?)\.[\w-]{8}\.(css|js)/g, '$1.$2').replaceAll('><', '>\n<')}\n`;
