import { expect, test } from 'vitest';
import {
  longExample,
  shortExamples,
  strongestOutside,
  topExamples,
} from '../../../../site/measures/statistics/example.ts';
import { exampleRow, testEnv } from '../../test-env.ts';

const env = testEnv(['<s>', ' one', 'two', ' three']);

test('an example cut short keeps its peak and the position of its first token', () => {
  const tokens = 20;
  const long = exampleRow({
    ...{
      token_ids: new Int32Array(tokens).fill(1),
      activations: new Float32Array(tokens),
      position: 17,
      window_start: 2,
    },
  });
  const { text } = shortExamples([long], 2, env);
  expect(text).toContain('<b>2.00<i>0:17</i></b>');
  expect(text.match(/ one/g)).toHaveLength(11 + 1 + 4);
});

test('examples much like a stronger one are folded under it, all of them on the page', () => {
  const other = exampleRow({ token_ids: Int32Array.of(3, 2, 1), position: 2, rank: 1 });
  const { text } = topExamples([exampleRow(), other, exampleRow({ rank: 2, context: 5 })], 2, env);
  const [first = '', second = '', ...more] = text.split('</div><li>');
  expect(more).toEqual([]);
  expect(first).toContain('<summary>1 similar example</summary>');
  expect(first.match(/<p class=s /g)).toHaveLength(2);
  expect(second).not.toContain('similar');
});

test('where the document is known an example says it, with its token there', () => {
  const source = () => ({ file: 'a "b".jsonl', document: 7, offset: 100 });
  const { text } = topExamples([exampleRow()], 2, { ...env, source });
  expect(text).toContain(
    '<i title="a &quot;b&quot;.jsonl, document 7; context 0, position 2 of the run">doc 7, token 101</i>',
  );
});

test('an example among those of other features names its document, too', () => {
  const source = () => ({ file: 'a.txt', document: 7, offset: 100 });
  const { text } = longExample(exampleRow(), 2, { ...env, source });
  expect(text).toContain('<i title="a.txt, document 7; context 0, position 2 of the run">doc 7, token 101</i>');
});

test('the three strongest sources outside the window are named, of equal ones the first, none under a twentieth', () => {
  const sizes = [0, 0.5, -1, 2, 2, -2, 0.04, 0.11, 1];
  for (let seed = 1; seed < 200; seed++) {
    const dfa_source = Float32Array.from(
      { length: 12 },
      (_, i) => sizes[(seed * (i + 3) * (i + 7)) % sizes.length] ?? 0,
    );
    const window_start = seed % 12;
    const least = 0.05 * Math.max(...dfa_source.map(Math.abs));
    const expected = Array.from(dfa_source.subarray(0, window_start), (attribution, position) => ({
      position,
      attribution,
    }))
      .filter(({ attribution }) => attribution !== 0 && Math.abs(attribution) >= least)
      .toSorted((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution))
      .slice(0, 3);
    expect(strongestOutside(exampleRow({ dfa_source, window_start }))).toEqual(expected);
  }
});
