import { describe, expect, it, test } from 'vitest';
import { type IoiData, totalOf } from '../../../../../site/measures/studies/ioi/data.ts';
import { domainOf, intervalStrip, logits } from '../../../../../site/measures/studies/ioi/estimate.ts';
import { headIoiSection } from '../../../../../site/measures/studies/ioi/head-section.ts';
import { pathGraph } from '../../../../../site/measures/studies/ioi/path-graph.ts';
import { ioiSections } from '../../../../../site/measures/studies/ioi/sections.ts';
import { csvLines } from '../../../csv-lines.ts';
import { testEnv } from '../../../test-env.ts';
import { answer, ioiData as data, feature, head, sure, unsure } from './example.ts';

const env = testEnv([' <b>']);
const html = (part: Partial<IoiData> = {}) => ioiSections({ ...data, ...part }, env).text;

test('text of the model’s and the user’s is escaped', () => {
  expect(html()).toContain(
    'When &lt;<b class=receiver>Ann</b>&gt; and <b class=giver>Bo</b> met, <b class=giver>Bo</b> gave',
  );
  expect(html()).toContain('“plus&lt;” for “and”');
  expect(html()).toContain('<code>·&lt;b&gt;</code>');
  expect(html()).not.toContain('<Ann>');
});

test('what is linked has a page: heads and features of layers with an SAE', () => {
  expect(html()).toContain('<a href="/atlas/f/0/2.html">0/2</a>');
  expect(html()).toContain('<a href="/atlas/h/0/1.html">0.1</a>');
  expect(html()).not.toContain('/atlas/h/1/0.html');
});

test('answers, patches and heads are offered as CSV, whole and with the ends of their intervals', () => {
  expect(csvLines(html(), 'ioi-answers')).toEqual([
    'example,template,story_order,difference,difference_low,difference_high,positive,best,prompts,habit',
    '"When <Ann> and Bo met, Bo gave a ""pen"" to",3,ABBA,2,1.9,2.1,8,8,8,solves it',
    '"When <Ann> and Bo met, Bo gave a ""pen"" to",3,BABA,2,1.9,2.1,8,8,8,solves it',
  ]);
  expect(csvLines(html(), 'ioi-patches').slice(1)).toEqual([
    'conjunction,feature,0,2,-0.5,-0.6,-0.4,-1,-1.1,-0.9,0.5,2,1',
    'conjunction,layer,0,,-0.1,-9.1,8.9,-1,-1.1,-0.9,0.5,,1',
  ]);
  const withIdle = csvLines(html({ heads: [...data.heads, head(0, 0, {})] }), 'ioi-heads');
  expect(withIdle[0]).toMatch(/^head,roles,direct,direct_low,direct_high,end_effect,.*,end_to_io,.*,s2_to_after_s1,/);
  expect(withIdle.slice(1).map((line) => line.split(',').slice(0, 3))).toEqual([
    ['0.1', 'induction', '0'],
    ['1.0', 'name mover', '1'],
    ['0.0', '', '0'],
  ]);
  expect(withIdle[2]?.split(',')[withIdle[0]?.split(',').indexOf('end_to_io') ?? -1]).toBe('0.6');
});

test('no style attribute and no script stands in it', () => {
  expect(html()).not.toMatch(/ style=|<script/);
});

test('a model that does the task, but that a budget had no room to take apart, is not said to fail it', () => {
  const answers = [0, 1].map((template) => ({ ...answer('ABBA'), template }));
  const page = html({ answers, features: [], heads: [], edges: [], patches: [] });
  expect(page).toContain('budget of forward tokens had no room');
  expect(page).not.toContain('A model that does not do the task');
  expect(page).not.toContain('id=patches');
});

test('a model that cannot do the task has its answers shown and no mechanism', () => {
  const neither = { habit: 'neither', difference: sure(-2), positive: 1 };
  const answers = [answer('ABBA', neither), answer('BABA', neither)];
  const page = html({ answers, features: [], heads: [], edges: [], patches: [] });
  expect(page).toContain('It solves 0 templates');
  expect(page).toContain('A model that does not do the task has no way of doing it');
  expect(page).not.toContain('id=patches');
});

test('a study that could not be put to the model has no sections', () => {
  expect(html({ answers: [] })).toBe('');
});

test('a head’s page has its role and only the evidence that is sure; a head without a role has nothing', () => {
  const row = head(0, 1, { roles: ['induction'], s2_effect: sure(-1), direct: unsure(5) });
  const section = headIoiSection(row, env.links).text;
  expect(section).toContain('<a href="/atlas/studies/ioi.html">Indirect objects</a>');
  expect(section).toContain(
    '<b>induction</b>: acts at the second mention of the giver (S2): patching its output there from a story with an unrelated ' +
      'giver lowers the logit difference by 1.00 (95% interval 0.90 to 1.10).',
  );
  expect(section).not.toContain('5.00');
  expect(headIoiSection(head(0, 0, {}), env.links).text).toBe('');
});

describe('what is said of features', () => {
  it('names those that tell the orders apart', () => {
    expect(html()).toContain(
      'Features that tell ABBA from BABA there and matter: <a href="/atlas/f/0/2.html">0/2</a> (−1.00)',
    );
  });

  it('says so where there are none, and where chance would give as many', () => {
    const many = Array.from({ length: 40 }, (_, i) => feature({ feature: i, effect: unsure(0), role: null }));
    const page = html({ features: [feature({ feature: 90, role: 'leading' }), ...many] });
    expect(page).toContain('No feature there tells ABBA from BABA and matters');
    expect(page).toContain('That many are expected by chance, so none should be relied on.');
    expect(page).toContain('of 1 the effect’s 95% interval leaves out 0. That is no sign of an effect');
  });
});

test('arrows are what is lost, only where it is sure; attention and attribution lead to what has such an arrow', () => {
  const { nodes, arrows } = pathGraph(data, 2);
  expect(arrows).toEqual([
    { from: 'read:and', to: 's2:feature:0:2', value: expect.closeTo(0.6), unit: 'share' },
    { from: 's2:feature:0:2', to: 'end:head:1:0', value: 0.5, unit: 'logits' },
    { from: 'end:head:1:0', to: 'logits', value: 1, unit: 'logits' },
  ]);
  expect(nodes.map(({ name, role }) => [name, role])).toEqual([
    ['“and”', ''],
    ['0/2', 'position'],
    ['1.0', 'name mover'],
    ['lead', 'logits'],
  ]);
});

test('numbers of logits have a sign, and none where they round to 0', () => {
  expect([0.004, -0.004, 1.005, -2, Number.POSITIVE_INFINITY].map(logits)).toEqual([
    '0.00',
    '0.00',
    '+1.00',
    '−2.00',
    '∞',
  ]);
});

test('a strip marks means where they are on the common axis, and cuts intervals at its ends', () => {
  const svg = intervalStrip([{ mean: 1, low: -9, high: 3, kind: 'abba' }], [-1, 3]).text;
  expect(svg).toContain('<path class=range d="M5 13H195"/><path class=mean d="M100 13h0"/>');
  expect(svg).toContain('<path class=zero d="M52.5 0V26"/>');
});

test('an axis holds every mean and 0, and does not follow an endless interval', () => {
  const [low, high] = domainOf([sure(3), { mean: 1, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }]);
  expect([low, high]).toEqual([-1, 4]);
});

test('a total of templates that were not told is not there', () => {
  expect(totalOf({ ...data, totals: [] }, 'all')).toBeUndefined();
});
