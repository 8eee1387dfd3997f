import { expect, test } from 'vitest';
import { defaultQuery, formatQuery, parseQuery, type SearchQuery } from '../../../site/search/query.ts';

test('the default query has an empty address', () => {
  expect(formatQuery(defaultQuery).toString()).toBe('');
  expect(parseQuery(new URLSearchParams())).toEqual(defaultQuery);
});

test('a query survives the address, hostile tokens included', () => {
  const query: SearchQuery = {
    layer: 0,
    sae: '0-16k-l0-82',
    head: 11,
    minDensity: 1e-7,
    maxDensity: 0.25,
    family: 'name mover & more',
    alive: false,
    words: 'of names',
    promoted: ' <script>alert("1&2=3#")</script>',
    suppressed: '\n\t ',
    activating: '\u0000👩‍👩‍👧+%20',
    sort: 'density',
    descending: false,
    page: 3,
  };
  expect(parseQuery(new URLSearchParams(formatQuery(query).toString()))).toEqual(query);
});

test.each([
  'layer=-1',
  'layer=1e3',
  'head=x',
  'min=2',
  'max=NaN',
  'sort=drop',
  'order=up',
  'page=0',
  'page=-2',
  'dead=maybe',
])('%s is ignored', (text) => {
  expect(parseQuery(new URLSearchParams(text))).toEqual(defaultQuery);
});
