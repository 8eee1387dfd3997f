import { expect, test } from 'vitest';
import { briefName } from '../../../../site/explorer/names/brief-name.ts';

const rule = (text: string) => ({ text, isRule: true, isAtChance: false });

test('in few words a summary is the tokens that it opens with', () => {
  expect(briefName(rule('active on ` es`: current token; promotes ` mig`'), 16)).toBe('·es: current…');
  expect(briefName(rule('reads ` id` after'), 30)).toBe('reads ·id after');
});

test('a label is cut at a word, and opens as it was written', () => {
  expect(briefName({ ...rule('active on Sundays and holidays'), isRule: false }, 16)).toBe('active on…');
  expect(briefName({ ...rule('names'), isRule: false }, 16)).toBe('names');
});
