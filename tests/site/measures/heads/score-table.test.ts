import { expect, test } from 'vitest';
import { headScores, scoresOf } from '../../../../site/measures/heads/head-scores.ts';
import { scoreTable } from '../../../../site/measures/heads/score-table.ts';
import { createLinks } from '../../../../site/page-kit/links.ts';
import { headRow } from '../../head-row.ts';

const links = createLinks('/atlas');
const bare = headRow({
  head: 3,
  scores: null,
  attention: null,
  family_mix: null,
  polysemanticity: null,
  paper_rule: null,
});

test('a row has the head’s link, verdict, leading family and every score, in the order of the header', () => {
  const { text } = scoreTable([{ row: headRow() }, { row: bare }], links);
  const keys = [...text.matchAll(/data-key=(\w+)/g)].map(([, key]) => key);
  expect(keys).toEqual(scoresOf([{ row: headRow() }]).map(({ key }) => key));
  const rows = [...text.matchAll(/data-v="([^"]*)"/g)].map(([, code = '']) => code.split(','));
  expect(rows.map((row) => row.length)).toEqual([keys.length, keys.length]);
  expect(rows[0]?.[keys.indexOf('induction_on_repeats')]).toBe('0.71');
  expect(rows[1]?.every((value) => value === '')).toBe(true);
  expect(text).toContain('<a href="/atlas/h/1/2.html">1.2</a><td>polysemantic<td>–<td>induction');
  expect(text).toContain('<td>71%');
});

test('scores that no head has are left out, and a run without any has no table', () => {
  const keys = scoresOf([{ row: headRow() }]).map(({ key }) => key);
  expect(keys).not.toContain('previous_token_on_repeats');
  expect(keys).not.toContain('ov_rank');
  expect(scoreTable([{ row: bare }], links).text).toBe('');
});

test('no two scores have one key or one name', () => {
  expect(new Set(headScores.map(({ key }) => key)).size).toBe(headScores.length);
  expect(new Set(headScores.map(({ name }) => name)).size).toBe(headScores.length);
});
