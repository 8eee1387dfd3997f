import { expect, test } from 'vitest';
import { headFamilies } from '../../../../site/measures/heads/head-families.ts';
import { createLinks } from '../../../../site/page-kit/links.ts';

const links = createLinks('/atlas');
const place = { sae: '1', head: 3 };

test('each family is counted once and leads to the search for it on this head', () => {
  const rows = ['unclear', 'induction', 'induction', 'local context', null].map((family) => ({ family }));
  const items = headFamilies(place, rows, links).text.split('<li>').slice(1);
  expect(items.map((item) => item.replace(/<[^>]*>/g, ''))).toEqual(['induction 2', 'local context 1', 'unclear 1']);
  expect(items[1]).toContain('href="/atlas/features.html?layer=1&amp;head=3&amp;family=local%20context"');
});

test('a family named by somebody else’s run is text', () => {
  expect(headFamilies(place, [{ family: '<b>"' }], links).text).toContain(
    'family=%3Cb%3E%22"><i class=f11></i>&lt;b&gt;',
  );
});

test('features that were not judged make no list', () => {
  expect(headFamilies(place, [{ family: null }], links).text).toBe('');
});
