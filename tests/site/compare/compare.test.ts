import { afterEach, expect, test, vi } from 'vitest';
import { asTyped, comparedName, inWords, kindOf, ownName } from '../../../site/compare/compare-names.ts';
import { differ } from '../../../site/compare/differ.ts';
import { fetchMain, placeOf } from '../../../site/compare/fetch-main.ts';
import { nearnessOf } from '../../../site/compare/nearness.ts';
import { unlikeSentence } from '../../../site/compare/unlike-sentence.ts';

test.each([
  ['f/5/123', 'f/5/123'],
  [' 5-16k/123 ', 'f/5-16k/123'],
  ['5.7', 'h/5/7'],
  ['h/5-16k/7', 'h/5-16k/7'],
  ['SAE 5-16k', 's/5-16k'],
  ['s/5', 's/5'],
  ['other/f/5/123', 'other/f/5/123'],
  ['other/5/123', undefined],
  ['other/other/f/5/123', undefined],
  ['123', undefined],
  ['f/../index', undefined],
  ['f/5/1/../../2', undefined],
  ['', undefined],
])('%j names %j', (text, name) => {
  expect(comparedName(text)).toBe(name);
});

test('the fields show what a reader would type, where that names the same', () => {
  const names = ['f/5/123', 'f/5-16k/123', 'h/5/7', 'h/5-16k/7', 's/5-16k', 'other/f/5/123'];
  expect(names.map(asTyped)).toEqual(['5/123', '5-16k/123', '5.7', 'h/5-16k/7', 'SAE 5-16k', 'other/f/5/123']);
  expect(names.map((name) => comparedName(asTyped(name)))).toEqual(names);
});

test('names are said as pages say them', () => {
  const words = ['f/5/123', 'h/5/7', 'h/5-16k/7', 's/5-16k'].map(inWords);
  expect(words).toEqual(['feature 5/123', 'head 5.7', 'head 5.7 by SAE 5-16k', 'SAE 5-16k']);
});

test('what is of the other run is read from its site, and from nowhere where that is not on this host', () => {
  expect([inWords('other/f/5/123'), kindOf('other/h/5/7'), ownName('other/s/5')]).toEqual([
    'feature 5/123 of the other run',
    'h',
    's/5',
  ]);
  const place = { base: '/atlas/', isPacked: true };
  expect(placeOf('f/5/123', place)).toBe(place);
  expect(placeOf('other/f/5/123', { ...place, other: '/second/' })).toEqual({ base: '/second/', isPacked: false });
  expect(() => placeOf('other/f/5/123', place)).toThrow('the site of the other run is not on this host');
});

test.each([
  ['12%', '13%', false],
  ['12%', '18%', true],
  ['−0.2', '−0.25', false],
  ['−0.2', '+0.2', true],
  ['0', '0.001', true],
  ['0', '0', false],
  ['8,192', '8,200', false],
  ['2.1e−5', '2.1e−4', true],
  ['13.8 of 32', '13.2 of 32', false],
  ['13.8 of 32', '20.8 of 32', true],
  ['5', '5%', true],
  ['induction', 'induction', false],
  ['induction', 'copying', true],
])('%j and %j differ: %j', (a, b, wanted) => {
  expect([differ(a, b), differ(b, a)]).toEqual([wanted, wanted]);
});

test('what one page lacks differs from all that the other may say', () => {
  expect([differ(undefined, '–'), differ('0', undefined), differ(undefined, undefined)]).toEqual([true, true, false]);
});

const decoder = 'By cosine of decoders, in this SAE';
const near = (name: string, ...items: (readonly [string, string])[]) => ({
  name,
  items: items.map(([feature, value]) => ({ feature, value })),
});

test('two features are as near as the lists of either say, each list once', () => {
  const a = { feature: '1/5', lists: [near(decoder, ['1/7', '0.81'], ['1/9', '0.3'])] };
  const b = {
    feature: '1/7',
    lists: [near(decoder, ['1/5', '0.81']), near('By cosine of logit effects', ['1/5', '0.6'])],
  };
  expect(nearnessOf(a, b)).toBe('by cosine of decoders, in this SAE, 0.81; by cosine of logit effects, 0.6');
  expect(nearnessOf(b, a)).toContain('by cosine of decoders, in this SAE, 0.81');
});

test('a feature is not near itself but the same', () => {
  const own = { feature: '1/5', lists: [near(decoder, ['1/8', '0.81'])] };
  expect(nearnessOf(own, own)).toBe('both are the same feature');
});

test('of two of one SAE that name each other in no list it is said how near they are at most', () => {
  const a = { feature: '1/5', lists: [near(decoder, ['1/8', '0.81'], ['1/9', '0.3'])] };
  const b = { feature: '1/7', lists: [near(decoder, ['1/6', '0.4'], ['1/2', '0.25'])] };
  expect(nearnessOf(a, b)).toBe(
    'neither is among the nearest of the other, so the cosine of their decoders is at most about 0.25',
  );
  const elsewhere = { ...b, feature: '2/7' };
  expect(nearnessOf(a, elsewhere)).toBe('neither is among the nearest of the other');
  expect(nearnessOf(a, { ...b, lists: [] })).toBe('not known: the run has no neighbours of one of them');
});

test('two things are said to be of unlike kinds once both are there', async () => {
  const read = async (name: string) => {
    if (name === 'f/9/9') throw new Error('there is no feature 9/9');
  };
  expect(await unlikeSentence(['f/1/2', 's/1'], read)).toBe('feature 1/2 and SAE 1 are not of one kind.');
  expect(await unlikeSentence(['h/1/2', 'f/9/9'], read)).toBe('The comparison did not load: there is no feature 9/9.');
});

afterEach(() => vi.unstubAllGlobals());

test('what a site has no page of is named as a reader would, other failures by their address', async () => {
  const answering = (status: number) => vi.stubGlobal('fetch', async () => new Response('', { status }));
  answering(404);
  await expect(fetchMain('f/9/9', { base: '/atlas/', isPacked: false })).rejects.toThrow(/^there is no feature 9\/9$/);
  answering(503);
  await expect(fetchMain('f/9/9', { base: '/atlas/', isPacked: false })).rejects.toThrow(
    '/atlas/f/9/9.html did not load: 503',
  );
});
