import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('../../../site/styles/', import.meta.url);
/** These change what others style, for paper and for forced colours. */
const overriding = ['print.css', 'forced-colours.css'];

/** Classes that a stylesheet has a rule of their own for, outside conditions: their first word on how such an element looks. */
function ownClasses(css: string): string[] {
  const plain = css.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/@[\w-]+[^{;]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, '');
  return [...plain.matchAll(/(?:^|\})\s*\.([\w-]+)\s*\{/g)].map(([, name = '']) => name);
}

test('a class is styled by one stylesheet: pages load several, and a second meaning would reach the first', () => {
  const sheets = readdirSync(folder).filter((name) => name.endsWith('.css') && !overriding.includes(name));
  const own = sheets.map((name) => ownClasses(readFileSync(new URL(name, folder), 'utf8')));
  const found = Object.groupBy(
    sheets.flatMap((sheet, i) => [...new Set(own[i])].map((name) => ({ sheet, name }))),
    ({ name }) => name,
  );
  const several = Object.entries(found).filter(([, places = []]) => places.length > 1);
  expect(own.flat().length).toBeGreaterThan(100);
  expect(several).toEqual([]);
});
