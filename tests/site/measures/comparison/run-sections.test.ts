import { expect, it } from 'vitest';
import { settingsSection, tokensRead } from '../../../../site/measures/comparison/run-sections.ts';

const other = { name: 'the other text', site: '', isOnSameHost: false };
const setting = (name: string, value: string | null, second: string | null) => ({
  setting: name,
  value,
  other: second,
});

/** The cells of each row. */
const rowsOf = (...settings: ReturnType<typeof setting>[]) =>
  [
    ...settingsSection({ settings }, other).text.matchAll(
      /<tr><th scope=row>(.*?)<td>(.*?)<td>(.*?)(?=<tr>|<\/tbody>)/g,
    ),
  ].map(([, ...cells]) => cells);

it('names what differs in words, with separators between thousands, and calls an empty list none', () => {
  expect(
    rowsOf(
      setting('corpus', 'a.txt (17250 bytes)', 'b.txt (900 bytes), c.txt (1234567 bytes)'),
      setting('tokens read', '19939', '987'),
      setting('seed', '1234', '5'),
      setting('qualityTokens', '2048', null),
      setting('dedup', 'true', 'false'),
      setting('studies', '', 'induction, ioi'),
    ),
  ).toEqual([
    ['corpus', 'a.txt (17,250 bytes)', 'b.txt (900 bytes), c.txt (1,234,567 bytes)'],
    ['tokens read', '19,939', '987'],
    ['seed', '1234', '5'],
    ['quality tokens', '2,048', '–'],
    ['dedup', 'yes', 'no'],
    ['studies', 'none', 'induction, ioi'],
  ]);
});

it('knows how many tokens the other run read, which are as many where nothing is said', () => {
  expect(tokensRead({ settings: [setting('tokens read', '100', '50')] }, 100)).toEqual({ own: 100, other: 50 });
  expect(tokensRead({ settings: [] }, 100)).toEqual({ own: 100, other: 100 });
});
