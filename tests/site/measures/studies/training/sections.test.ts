import { expect, test } from 'vitest';
import { trainingSections } from '../../../../../site/measures/studies/training/sections.ts';
import { stagesOf } from '../../../../../site/measures/studies/training/stages.ts';
import { testEnv } from '../../../test-env.ts';
import { row, rows } from './example.ts';

const html = trainingSections(rows, testEnv([])).text;

test('the page shades the change and gives its numbers', () => {
  expect(html).toContain('said again');
  expect(html).toContain('class=band');
  const cells = [...html.matchAll(/<tr><th scope=row>([^<]*)<\/th>(.*?)<\/tr>/g)].map(([, name, body = '']) => [
    name,
    ...[...body.matchAll(/<td>([^<]*)<\/td>/g)].map(([, cell]) => cell),
  ]);
  expect(cells[0]).toEqual(['a tenth of the gain', '200', '2,000,000', '8.00', '3.00', '5.00', '–', '–']);
  expect(cells[3]).toEqual(['the end', '300', '3,000,000', '8.00', '1.00', '4.25', '−0.50', '25%']);
});

test('lines are drawn of columns that were measured twice or more', () => {
  expect(html).toContain('held-out text</text>');
  expect(html).not.toContain('receiver’s lead</text>');
  expect(html).not.toMatch(/NaN|undefined|Infinity/);
});

test('a phone has a drawing of its own, whose letters are not shrunk', () => {
  const widths = [...html.matchAll(/viewBox="0 0 (\d+) /g)].map(([, width]) => Number(width));
  expect(widths).toEqual([720, 340]);
});

test('stages are listed once each, where there are any', () => {
  expect(stagesOf(rows).map(({ pool, tokens }) => [pool, tokens])).toEqual([
    [16, 0],
    [4095, 2_000_000],
  ]);
  expect(html).toContain('<h2 id=stages>');
  expect(trainingSections(rows.slice(2), testEnv([])).text).not.toContain('<h2 id=stages>');
});

test('a curve of one point, without copying, is a page without figures', () => {
  const page = trainingSections([row(1, {})], testEnv([])).text;
  expect(page).not.toMatch(/<svg|class=band|NaN/);
});
