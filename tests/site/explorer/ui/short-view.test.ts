import { expect, test } from 'vitest';
import { decodeView } from '../../../../site/explorer/url/decode-view.ts';
import { emptyView } from '../../../../site/explorer/url/empty-view.ts';
import { encodeView } from '../../../../site/explorer/url/encode-view.ts';
import { shortView } from '../../../../site/explorer/url/short-view.ts';
import { openTiny } from '../engine/tiny-session.ts';
import { tinyContext } from '../engine/tiny-site.ts';

const typed = (text: string) => ({ ...emptyView, prompts: [{ text }], layer: 1 });
const tokens = (length: number, cut: number) => ({ ids: [...Array(length).keys()], texts: [], cut });

test('a long text that the context cuts leaves a short address, which opens with the same tokens', async () => {
  const { session } = await openTiny(['relu']);
  const view = typed('hello '.repeat(4000));
  const question = { text: view.prompts[0]?.text ?? '' };
  const answer = await session.tokenize(question.text);
  const query = encodeView(shortView(view, [{ question, answer }]));
  expect(query.length).toBeLessThan(100);
  const [reopened] = decodeView(query).view.prompts;
  if (!reopened || !('ids' in reopened)) throw new Error(`no ids in ${query}`);
  const again = await session.describe(reopened.ids);
  expect(again).toMatchObject({ ids: answer.ids, cut: 0 });
  expect(again.ids).toHaveLength(tinyContext);
});

test('a prompt that is used whole stays text, and the view the same object', () => {
  const view = typed('a b');
  expect(shortView(view, [{ question: { text: 'a b' }, answer: tokens(3, 0) }])).toBe(view);
  expect(shortView(view, [])).toBe(view);
});

test('tokens of what was typed a moment ago are not taken for those of the prompt', () => {
  const view = typed('a b c');
  expect(shortView(view, [{ question: { text: 'a b' }, answer: tokens(2, 1) }])).toBe(view);
});

test.each([
  ['text that is used whole', 'a'.repeat(8001), tokens(8001, 0)],
  ['text that takes more room in an address', '漢'.repeat(900), tokens(900, 0)],
  ['tokens that are used, of more', 'a'.repeat(9000), tokens(2000, 7000)],
])('%s stays out of the address where it is too long, and the rest stays in', (_, text, answer) => {
  const short = shortView(typed(text), [{ question: { text }, answer }]);
  expect(encodeView(short)).toBe('layer=1');
});

test('a view that is too long without its prompts has an empty address', () => {
  const trail = Array.from({ length: 2000 }, (_, position) => ({ layer: 1, feature: 1, position }));
  const view = { ...typed('a'), target: { ...emptyView.target, trail } };
  expect(encodeView(shortView(view, []))).toBe('');
});
