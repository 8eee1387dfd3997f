import { expect, test } from 'vitest';
import { familyMixFigure, familyPageLink } from '../../../../site/measures/families/family-mix.ts';
import { familyPlace } from '../../../../site/measures/families/family-place.ts';
import { validationSections } from '../../../../site/measures/studies/families/validation.ts';
import { createLinks } from '../../../../site/page-kit/links.ts';

const links = createLinks('/atlas');
const rows = [
  { sae: '0', family: 'unclear', features: 1 },
  { sae: '0', family: 'induction', features: 3 },
  { sae: '1', family: 'local context', features: 2 },
];

test('a layer’s families fill its bar, in the order of the families, each a link into the search', () => {
  const html = familyMixFigure(rows, links).text;
  expect(
    [...html.matchAll(/x="([\d.]+)%" width="([\d.]+)%"/g)].map(([, x, width]) => [Number(x), Number(width)]),
  ).toEqual([
    [0, 75],
    [75, 25],
    [0, 100],
  ]);
  expect(html).toContain(
    '<a href="/atlas/features.html?layer=0&amp;family=induction"><svg x="0%" width="75%"><rect class=f0 ',
  );
  expect(html).toContain('<title>Layer 1, local context: 2 (100%)</title>');
});

test('a family is named in its part of a bar where its name fits, on a phone where that has room too', () => {
  const share = (copying: number) => {
    const mix = [
      { sae: '0', family: 'copying', features: copying },
      { sae: '0', family: 'unclear', features: 100 - copying },
    ];
    return /<text x=4 y=14 aria-hidden=true( class="[^"]*")?>copying</.exec(familyMixFigure(mix, links).text);
  };
  expect(share(7)).toBeNull();
  expect(share(9)?.[1]).toBe(' class="on w"');
  expect(share(40)?.[1]).toBe(' class="on"');
  expect(familyMixFigure([{ sae: '0', family: 'induction', features: 1 }], links).text).toContain(
    ' aria-hidden=true>induction<',
  );
});

test('the numbers of the figure are a table beside it', () => {
  const html = familyMixFigure(rows, links).text;
  const table = html.slice(html.indexOf('<thead>'), html.indexOf('</tbody>')).replace(/<[^>]+>/g, ' ');
  expect(
    table
      .trim()
      .split(/\s{1,}/)
      .join(' '),
  ).toBe('SAE induction local context unclear 0 3 0 1 1 0 2 0');
});

test('the legend counts each family over all layers', () => {
  const html = familyMixFigure([...rows, { sae: '1', family: 'induction', features: 2 }], links).text;
  const legend = html.slice(html.indexOf('<ul class=mixkey>'), html.indexOf('<details>')).replace(/<[^>]+>/g, '|');
  expect(legend).toContain('induction| |5, 63%|');
  expect(legend.indexOf('unclear')).toBeGreaterThan(legend.indexOf('local context'));
});

test('a family unknown to the site is drawn as unclear, its name escaped; no families are no figure', () => {
  expect(familyPlace('name <mover>')).toBe(familyPlace('unclear'));
  expect(familyMixFigure([{ sae: '0', family: 'name <mover>', features: 1 }], links).text).toContain('name &lt;mover');
  expect(familyMixFigure([], links).text).toBe('');
});

test('the confusion has a row for each family, and leaves out what was never active but says so', () => {
  const row = { level: 0, noise: 'little' };
  const html = validationSections(
    [
      { ...row, truth: 'BOS', called: 'BOS', features: 3 },
      { ...row, truth: 'BOS', called: 'positional', features: 1 },
      { level: 1, noise: 'some', truth: 'BOS', called: 'BOS', features: 5 },
      { ...row, truth: 'BOS', called: 'dead', features: 7 },
    ],
    [{ family: 'BOS', least: 0.9, confidence: 0.98, features: 4, right: 3 }],
  ).text;
  expect(html).toContain('7 features were never active');
  expect(html).toMatch(/>BOS<\/th><td>100% <small>68–100, of 8<\/small><\/td><td>88\.9% <small>57–98, of 9<\/small>/);
  expect(html).toContain('<span class="a8 hit">8</span>');
  expect(html).toMatch(/BOS, score from 90%<\/th><td>98\.0%<\/td><td>4<\/td><td>75\.0% <small>30–95, of 4/);
  expect(html).not.toMatch(/NaN|undefined/);
});

test('a family’s name links to its page, and one that is no longer a family to the search', () => {
  expect(familyPageLink(links, 'local context')).toBe('/atlas/families/local-context.html');
  expect(familyPageLink(links, 'name mover')).toBe('/atlas/features.html?family=name%20mover');
});
