import { expect, it } from 'vitest';
import { figureTable } from '../../../site/page-kit/figure-table.ts';
import { csvLines } from '../csv-lines.ts';

interface Row {
  readonly name: string;
  readonly share: number | null;
  readonly tokens: number;
}

const rows: readonly Row[] = [
  { name: 'a, "b"', share: 1 / 3, tokens: 12_345_678 },
  { name: '<i>', share: null, tokens: 0 },
];

const { text } = figureTable<Row>({
  name: 'Shares & tokens',
  file: 'shares',
  columns: [
    { name: 'Name', key: 'name', value: ({ name }) => name },
    {
      name: 'Share',
      key: 'share',
      value: ({ share }) => share,
      show: ({ share }) => (share === null ? 'none' : '33%'),
    },
    { name: 'Tokens', key: 'tokens', value: ({ tokens }) => tokens },
  ],
  rows,
});

it('says each cell as it is shown, under its column, and what the table is of', () => {
  expect(text).toContain('aria-label="Shares &amp; tokens"');
  expect(text).toContain('<th scope=col>Name<th scope=col>Share<th scope=col>Tokens</thead>');
  expect(text).toContain('<th scope=row>a, "b"<td>33%<td>12345678');
  expect(text).toContain('<th scope=row>&lt;i&gt;<td>none<td>0');
});

it('has the lines of a CSV file: whole numbers whole, others to six digits, nothing for what is not known', () => {
  expect(csvLines(text, 'shares')).toEqual(['name,share,tokens', '"a, ""b""",0.333333,12345678', '<i>,,0']);
});
