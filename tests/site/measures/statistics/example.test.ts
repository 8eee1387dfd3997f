import { expect, test } from 'vitest';
import { shortExample, topExamples } from '../../../../site/measures/statistics/example.ts';
import { exampleRow, testEnv } from '../../test-env.ts';

const env = testEnv(['<s>', ' one', 'two', ' three']);

test('an example cut short keeps its peak and the position of its first token', () => {
  const { text } = shortExample(exampleRow(), 2, env, { before: 0, after: 1 });
  expect(text).toBe('<li><b>2.00<i>0:2</i></b><p class=s data-s="36;2;2.00"><mark class=a9>two</mark> three</p>');
});

test('examples much like a stronger one are folded under it, all of them on the page', () => {
  const other = exampleRow({ token_ids: Int32Array.of(3, 2, 1), position: 2, rank: 1 });
  const pages = topExamples([exampleRow(), other, exampleRow({ rank: 2, context: 5 })], 2, env);
  expect(pages).toHaveLength(2);
  expect(pages[0]?.text).toContain('<summary>1 similar example</summary>');
  expect(pages[0]?.text.match(/<p class=s /g)).toHaveLength(2);
  expect(pages[1]?.text).not.toContain('similar');
});

test('where the document is known an example says it, with its token there', () => {
  const source = () => ({ file: 'a "b".jsonl', document: 7, offset: 100 });
  const [page] = topExamples([exampleRow()], 2, { ...env, source });
  expect(page?.text).toContain(
    '<i title="a &quot;b&quot;.jsonl, document 7; context 0, position 2 of the run">doc 7, token 101</i>',
  );
});
