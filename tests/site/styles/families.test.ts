import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { families } from '../../../pipeline/measures/families/maths/family-names.ts';
import { familyMixFigure } from '../../../site/measures/families/family-mix.ts';
import { createLinks } from '../../../site/page-kit/links.ts';
import { colourDifference, contrastOf, deuteranopic, labOf, linearOf } from './colour.ts';

const styles = (name: string) => readFileSync(new URL(`../../../site/styles/${name}.css`, import.meta.url), 'utf8');
const themes = ['light', 'dark'] as const;

/** A colour of a style sheet in either theme. */
function colourOf(css: string, before: string, theme: number): string {
  const found = css.split(before)[1]?.match(/light-dark\((#\w{6}), (#\w{6})\)/);
  if (!found) throw new Error(`no colour behind ${before}`);
  return found[1 + theme];
}

const tokenOf = (name: string, theme: number) => linearOf(colourOf(styles('tokens'), name, theme));

/** In the figure, the name of a family that has a bar for itself: whether it is in the paper's colour. */
const isOnPaper = (family: string) =>
  familyMixFigure([{ sae: '0', family, features: 1 }], createLinks('/')).text.includes('class="on"');

it('knows colours that are told apart by all, by some, and by none', () => {
  const difference = (a: string, b: string) => colourDifference(labOf(linearOf(a)), labOf(linearOf(b)));
  expect(difference('#ffffff', '#000000')).toBeCloseTo(100, 1);
  // A pair of Sharma's test data.
  expect(colourDifference([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4);
  expect(colourDifference([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387])).toBeCloseTo(1.2644, 4);
  const seen = (hex: string) => labOf(deuteranopic(linearOf(hex)));
  expect(difference('#c03a20', '#707000')).toBeGreaterThan(30);
  expect(colourDifference(seen('#c03a20'), seen('#707000'))).toBeLessThan(12);
});

it('a study’s page leaves the names in a bar their colour', () => {
  const ofLetters = [...styles('studies').matchAll(/^(.*) text \{/gm)].map(([, before]) => before);
  expect(ofLetters).toEqual([expect.stringMatching(/^:where\(.*\)$/)]);
});

describe.each(themes)('in the %s theme', (theme) => {
  const at = themes.indexOf(theme);
  const css = styles('families');
  const colours = families.map((_, place) => linearOf(colourOf(css, `.f${place} {`, at)));

  it('any two families are told apart, under deuteranopia too', () => {
    for (const [i, colour] of colours.entries()) {
      for (const [j, other] of colours.slice(0, i).entries()) {
        const pair = `${families[i]} and ${families[j]}`;
        expect(colourDifference(labOf(colour), labOf(other)), pair).toBeGreaterThan(18);
        const [a, b] = [colour, other].map((own) => labOf(deuteranopic(own)));
        expect(colourDifference(a, b), pair).toBeGreaterThan(16);
      }
    }
  });

  it('a family’s name is read in its colour', () => {
    const fills = css.match(/\.mixbars text \{[^}]*light-dark\(var\((--\w+)\), var\((--\w+)\)\)/);
    const [paper, plain] = ['--paper', fills?.[1 + at]].map((name) => tokenOf(`${name}:`, at));
    for (const [place, family] of families.entries()) {
      expect(contrastOf(colours[place], isOnPaper(family) ? paper : plain), family).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('points of the map stand out from its ground, by family and by every step of a scale', () => {
    const ground = tokenOf('--panel:', at);
    const steps = Array.from({ length: 9 }, (_, step) => linearOf(colourOf(styles('map'), `.m${step} {`, at)));
    for (const [i, colour] of [...colours, ...steps].entries()) {
      expect(contrastOf(colour, ground), families[i] ?? `step ${i - families.length}`).toBeGreaterThanOrEqual(3);
    }
  });

  it('steps of a scale grow lighter', () => {
    const lightness = Array.from(
      { length: 9 },
      (_, step) => labOf(linearOf(colourOf(styles('map'), `.m${step} {`, at)))[0],
    );
    for (let step = 1; step < lightness.length; step++)
      expect(lightness[step], `${step}`).toBeGreaterThan(lightness[step - 1]);
  });
});
