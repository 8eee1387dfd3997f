import { expect, test } from 'vitest';
import { createLinks } from '../../../site/page-kit/links.ts';

test('every spelling of a base path gives the same links', () => {
  for (const base of ['/atlas', 'atlas/', '/atlas/']) {
    const links = createLinks(base);
    expect(links.page('')).toBe('/atlas/');
    expect(links.page('features')).toBe('/atlas/features.html');
    expect(links.feature(3, 1042)).toBe('/atlas/f/3/1042.html');
    expect(links.head(3, 5)).toBe('/atlas/h/3/5.html');
    expect(links.file('theme.js')).toBe('/atlas/theme.js');
  }
});

test('at the root no slash is doubled', () => {
  expect(createLinks('/').page('')).toBe('/');
  expect(createLinks('/').feature(0, 0)).toBe('/f/0/0.html');
});

test('a base path cannot end the attribute that it stands in', () => {
  expect(createLinks('/a"b').page('')).toBe('/a%22b/');
});
