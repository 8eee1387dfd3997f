import { expect, test } from 'vitest';
import type { RowView } from '../../../site/search/row-view.ts';
import { searchCsv } from '../../../site/search/search-csv.ts';

const token = (text: string) => ({ text, isHit: false });

const row: RowView = {
  ...{
    row: 0,
    layer: 5,
    sae: '5',
    feature: 12,
    density: 0.001,
    max: 3.5,
    head: 1,
    headWeight: 0.25,
    family: 'induction',
  },
  ...{
    alive: true,
    activating: ['a,b', '"'].map(token),
    promoted: ['·the'].map(token),
    suppressed: [],
    name: undefined,
  },
};

test('a feature is a line; commas and quotation marks stay within their cell', () => {
  expect(searchCsv([{ ...row, name: { text: 'says "hi"\n', isRule: false, isAtChance: false } }])).toBe(
    'sae,feature,layer,label_or_summary,density,max_activation,leading_head,head_weight,family,activates_on,promotes\r\n' +
      '5,12,5,"says ""hi""↵",0.001,3.5,1,0.25,induction,"a,b """,·the\r\n',
  );
});

test('tokens are spelled in one way, in a summary as in the columns of tokens', () => {
  const name = { text: 'reads `\n\n` after ` the`; promotes ` a`', isRule: true, isAtChance: false };
  expect(searchCsv([{ ...row, name, activating: ['↵↵'].map(token) }])).toContain(
    '5,12,5,reads `↵↵` after `·the`; promotes `·a`,0.001,3.5,1,0.25,induction,↵↵,·the\r\n',
  );
});

test('shares have the digits that the index has, without the error of a division', () => {
  expect(searchCsv([{ ...row, density: 72.4 / 100, headWeight: 14.1 / 100 }])).toContain(',0.724,3.5,1,0.141,');
  expect(searchCsv([{ ...row, density: 0.724_000_000_000_000_1 }])).toContain(',0.724,');
});

test('what is not known is empty, and no cell is a formula', () => {
  const dead = {
    ...row,
    density: Number.NaN,
    head: undefined,
    family: '',
    activating: [],
    promoted: ['=SUM(A1)'].map(token),
  };
  expect(searchCsv([dead]).split('\r\n')[1]).toBe("5,12,5,,,3.5,,0.25,,,'=SUM(A1)");
});
