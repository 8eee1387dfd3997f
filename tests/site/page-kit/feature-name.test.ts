import { expect, test } from 'vitest';
import { featureSummary, summaryText } from '../../../pipeline/measures/labels/maths/feature-summary.ts';
import { nameParts, shortName } from '../../../site/page-kit/feature-name.ts';

const summaryOf = (...peaks: string[]) => ({
  text: summaryText(
    featureSummary({ family: 'skip-gram', reads: [{ token: '`', share: 1 }], peaks, promoted: ['``', ' `id'] }),
  ),
  ...{ isRule: true, isAtChance: false },
});
const tokensOf = (...peaks: string[]) =>
  nameParts(summaryOf(...peaks), 500).parts.flatMap(({ text, isCode }) => (isCode ? [text] : []));

test.each([[['a', ' b', ',']], [['`', ' `', '``']], [['x`', '`x', 'x`y']], [['x`y', 'z`w', ' ']]])(
  'tokens of a summary are code, also those that hold backticks: %j',
  (peaks) => {
    const labels = peaks.map((token) => token.replaceAll(' ', '·'));
    expect(tokensOf(...peaks)).toEqual([...labels, '`', '``', '·`id']);
  },
);

test('a short name is cut at a word, its tokens as they are printed', () => {
  expect(shortName(summaryOf(' a', ' b'), 20)).toBe('active on ·a ·b,…');
});
