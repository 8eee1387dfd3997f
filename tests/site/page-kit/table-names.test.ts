import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const site = new URL('../../../site/', import.meta.url);

test('every table has a name, its own or a caption', () => {
  const tables = globSync('**/*.{ts,svelte,astro}', { cwd: site.pathname }).flatMap((file) =>
    [...readFileSync(new URL(file, site), 'utf8').matchAll(/<table\b[\s\S]*?<(?:thead|tbody|caption|colgroup)\b/g)].map(
      ([markup]) => ({ file, markup }),
    ),
  );
  expect(tables.length).toBeGreaterThan(20);
  expect(tables.filter(({ markup }) => !/aria-label=|<caption$/.test(markup))).toEqual([]);
});
