import { expect, test } from 'vitest';
import { curveFigure, familySection } from '../../site/lib/render/family.ts';
import { proxyFigure } from '../../site/lib/render/family-proxy.ts';
import { familyCounts } from '../../site/lib/search/family-counts.ts';
import { featureRow, testEnv } from './test-env.ts';

const env = testEnv([' <B>', ' Monday', ' Tuesday']);
const zeros = (...last: number[]) => Float64Array.of(...new Array<number>(10 - last.length).fill(0), ...last);
const row = featureRow({
  family: 'induction',
  family_scores: new Map([
    ['induction', 0.9],
    ['BOS', 0.01],
    ['activation with its sources', 1],
    ['copying', 0.3],
    ['proxy sensitivity', 0.4],
    ['confidence', 0.84],
  ]),
  context_curve: Float32Array.of(0.1, 0.5, 1.2),
  induction_proxy: { token_id: 0, held: zeros(1, 2), missed: zeros(1, 0), silent: 6 },
});

test('a family is shown with its confidence and the scores that matter, families first and strongest first', () => {
  const html = familySection(row, env);
  expect(html).toContain('<a href="/atlas/features.html?family=induction"><b>induction</b></a>, confidence 84%');
  expect([...html.matchAll(/<dt>(.*?)<\/dt>/g)].map(([, name]) => name)).toEqual([
    'induction',
    'copying',
    'activation with its sources',
  ]);
});

test('an induction feature says how specific and how sensitive its proxy is', () => {
  const text = proxyFigure(row, env).replace(/<[^>]+>/g, '');
  expect(text).toContain(
    '“·&lt;B&gt; is next by induction” held on 75% of 4 active tokens (specificity; 75% in the upper half)',
  );
  expect(text).toContain('It is active on 33% of the 9 where it held (sensitivity)');
});

test('its bars stack what held on what did not, of each tenth of the activations that is not empty', () => {
  const html = proxyFigure(row, env);
  expect(html).toContain('<path class=missed d="M212.5 48v-48M237.5 48v-48"/><path d="M212.5 48v-24M237.5 48v-48"/>');
  expect(html).toContain('data-c="0 0 0 0 0 0 0 0 2 2" data-h="0 0 0 0 0 0 0 0 1 2"');
  expect(html).toMatch(/up: none(, none){7}, 50%, 100%"/);
});

test('fifty bins are drawn as ten levels', () => {
  const held = Float64Array.from({ length: 50 }, (_, bin) => (bin >= 45 ? 1 : 0));
  const html = proxyFigure({ ...row, induction_proxy: { token_id: 0, held, missed: held, silent: 0 } }, env);
  expect(html).toContain('data-c="0 0 0 0 0 0 0 0 0 10"');
});

test('the proxy is shown where it tells something: of features that copy, or where it holds when they fire strongly', () => {
  expect(proxyFigure({ ...row, family: 'copying' }, env)).not.toBe('');
  expect(proxyFigure({ ...row, family: 'BOS' }, env)).not.toBe('');
  const weak = { token_id: 0, held: zeros(1, 2), missed: zeros(1, 9), silent: 6 };
  expect(proxyFigure({ ...row, family: 'BOS', induction_proxy: weak }, env)).toBe('');
  expect(proxyFigure({ ...row, induction_proxy: { ...weak, held: zeros() } }, env)).toBe('');
  expect(proxyFigure({ ...row, induction_proxy: null }, env)).toBe('');
});

test('what carries the attribution is named, of succession with what is promoted after it', () => {
  const reads = {
    ...row,
    read_tokens: [{ token_id: 1, share: 0.7 }],
    positive_logits: [{ token_id: 2, token: ' Tuesday', value: 1 }],
  };
  expect(familySection(reads, env)).toContain('falls most on <code>·Monday</code> 70%.');
  expect(familySection({ ...reads, family: 'succession' }, env)).toContain(
    '<code>·Monday</code> → <code>·Tuesday</code> 70%.',
  );
});

test('the curve stays inside its box and is told in words', () => {
  const html = curveFigure(Float32Array.of(0, 0.5, 1.2));
  expect(html).toContain('d="M0 48L42 24L83 0"');
  expect(html).toMatch(/aria-label="By tokens left: 1: 0%, 2: 50%, 4: 120%"/);
});

test('a feature without a family shows nothing of it', () => {
  expect(familySection(featureRow(), env)).toBe('');
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
