import { describe, expect, it } from 'vitest';
import {
  facetCounts,
  formatView,
  hasFacet,
  headOrder,
  parseView,
  type ShownHead,
  type ShownScore,
} from '../../../site/heads/heads-view.ts';

const scores: ShownScore[] = ['roles_high', 'induction_on_repeats', 'ov_rank'].map((key) => ({
  ...{ key, name: key, group: 'g', unit: 'number' },
}));
const head = (name: string, verdict: string, induction: string, ...values: (number | null)[]): ShownHead => ({
  ...{ name, href: `/h/${name}`, layer: name.charAt(0), verdict, induction, family: 'local', values },
});
const heads = [
  head('0.0', 'polysemantic', 'not induction', 3, 0.1, 5),
  head('0.1', 'polysemantic', '–', 2, 0.7, null),
  head('1.0', 'monosemantic candidate', 'long-prefix induction', 1, 0.7, 9),
];
const viewOf = (search: string) => parseView(new URLSearchParams(search), scores);
const names = (search: string) => headOrder(heads, viewOf(search), scores).map((i) => heads[i]?.name);

describe('the heads of an address', () => {
  it('are all of them, in their own order', () => {
    expect(names('')).toEqual(['0.0', '0.1', '1.0']);
    expect(names('order=asc')).toEqual(['1.0', '0.1', '0.0']);
  });

  it('are sorted by a score, ties by head, those without it last either way', () => {
    expect(names('sort=induction_on_repeats')).toEqual(['0.1', '1.0', '0.0']);
    expect(names('sort=ov_rank')).toEqual(['1.0', '0.0', '0.1']);
    expect(names('sort=ov_rank&order=asc')).toEqual(['0.0', '1.0', '0.1']);
  });

  it('are narrowed down by facets and by a bound, ends included', () => {
    expect(names('verdict=polysemantic')).toEqual(['0.0', '0.1']);
    expect(names('verdict=polysemantic&layer=1')).toEqual([]);
    expect(names('score=induction_on_repeats&from=0.7')).toEqual(['0.1', '1.0']);
    expect(names('score=ov_rank&to=5')).toEqual(['0.0']);
    expect(names('score=ov_rank')).toEqual(['0.0', '0.1', '1.0']);
  });
});

it('a facet counts the heads that each of its values would show, whatever is chosen in it', () => {
  const view = viewOf('layer=0&verdict=monosemantic+candidate');
  expect(facetCounts(heads, view, scores, 'verdict')).toEqual([
    ['polysemantic', 2],
    ['monosemantic candidate', 0],
  ]);
  expect(facetCounts(heads, view, scores, 'layer')).toEqual([
    ['0', 0],
    ['1', 1],
  ]);
});

it.each([
  '',
  'x=ov_rank&y=induction_on_repeats&shade=roles_high&sort=ov_rank&order=asc',
  'layer=1&verdict=polysemantic&induction=not+induction&family=local&score=ov_rank&from=-0.5&to=1e-7',
])('the address %j is written as it was read', (search) => {
  expect(formatView(viewOf(search), scores).toString()).toBe(search);
});

it('what makes no sense in an address is left at its default', () => {
  const view = viewOf('x=nothing&sort=__proto__&from=much&to=&score=constructor');
  expect(view).toEqual(viewOf(''));
  expect([view.x, view.y, view.shade]).toEqual(['induction_on_repeats', 'roles_high', 'ov_rank']);
});

it('a facet is offered where any head has a value of it', () => {
  expect(hasFacet(heads, 'induction')).toBe(true);
  expect(hasFacet([{ ...heads[1] }], 'induction')).toBe(false);
  expect(hasFacet([{ ...heads[1] }], 'verdict')).toBe(true);
});
