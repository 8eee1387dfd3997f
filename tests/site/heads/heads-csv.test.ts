import { expect, test } from 'vitest';
import { headsCsv } from '../../../site/heads/heads-csv.ts';
import type { ShownHead } from '../../../site/heads/heads-view.ts';

const scores = ['roles_high', 'qk_rank'].map((key) => ({ ...{ key, name: key, group: 'g', unit: 'number' } }));
const head = (name: string, family: string, ...values: (number | null)[]): ShownHead => ({
  ...{ name, href: '', layer: '5', verdict: 'polysemantic', induction: '–', family, values },
});
const heads = [head('5.0', '–', 1.5, null), head('5.1', 'local context', 4.2e-10, 30)];

test('heads are lines in the order shown, with every score as the page has it and nothing for what is not known', () => {
  expect(headsCsv(heads, scores, [1, 0])).toBe(
    [
      'head,layer,verdict,induction,family,roles_high,qk_rank',
      '5.1,5,polysemantic,,local context,4.2e-10,30',
      '5.0,5,polysemantic,,,1.5,',
      '',
    ].join('\r\n'),
  );
});

test('of no heads there is the line of columns', () => {
  expect(headsCsv(heads, scores, [])).toBe('head,layer,verdict,induction,family,roles_high,qk_rank\r\n');
});
