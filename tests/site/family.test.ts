import { expect, test } from 'vitest';
import { createLinks } from '../../site/lib/links.ts';
import { curveFigure, familySection } from '../../site/lib/render/family.ts';
import { familyCounts } from '../../site/lib/search/family-counts.ts';
import { featureRow } from './test-env.ts';

const links = createLinks('/');
const row = featureRow({
  family: 'induction',
  family_scores: new Map([
    ['induction', 0.9],
    ['BOS', 0.01],
    ['proxy sensitivity', 0.4],
    ['confidence', 0.84],
  ]),
  context_curve: Float32Array.of(0.1, 0.5, 1.2),
  induction_proxy: { token_id: 0, held: Float64Array.of(1, 2), missed: Float64Array.of(1, 0), silent: 6 },
});

test('a family is shown with its confidence and the scores that matter, strongest first', () => {
  const html = familySection(row, links);
  expect(html).toContain('<a href="/features.html?family=induction"><b>induction</b></a>, confidence 84\u202f%');
  expect([...html.matchAll(/<dt>(.*?)<\/dt>/g)].map(([, name]) => name)).toEqual(['induction', 'proxy sensitivity']);
});

test('an induction feature says how its proxy fared, others do not', () => {
  expect(familySection(row, links)).toContain('next by induction on 3 of 4 active tokens, and on 6 where it is silent');
  expect(familySection({ ...row, family: 'BOS' }, links)).not.toContain('by induction on');
});

test('the curve stays inside its box and is told in words', () => {
  const html = curveFigure(Float32Array.of(0, 0.5, 1.2));
  expect(html).toContain('d="M0 48L42 24L83 0"');
  expect(html).toMatch(/aria-label="By tokens left: 1: 0\u202f%, 2: 50\u202f%, 4: 120\u202f%"/);
});

test('a feature without a family shows nothing of it', () => {
  expect(familySection(featureRow(), links)).toBe('');
  expect(curveFigure(null)).toBe('');
});

test('families are counted over the rows that match', () => {
  const none = new Uint32Array(0);
  const columns = { family: Uint16Array.of(0, 1, 2, 1) };
  const all = {
    layer: new Uint16Array(0),
    feature: none,
    count: none,
    density: new Float32Array(0),
    mean_active: new Float32Array(0),
    max_activation: new Float32Array(0),
    top_head: new Uint16Array(0),
    top_head_weight: new Float32Array(0),
    ...columns,
  };
  expect(familyCounts(all, Uint32Array.of(0, 1, 3), ['BOS', 'induction'])).toEqual([2, 0]);
});
