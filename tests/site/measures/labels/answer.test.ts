import { expect, test } from 'vitest';
import { answer, answerText } from '../../../../site/measures/labels/answer.ts';
import { exampleRow, featureRow, testEnv } from '../../test-env.ts';

const env = testEnv(['<s>', ' one', '<b>', ' three']);
const row = featureRow({ family: 'induction', family_confidence: 0.6, read_tokens: [{ token_id: 1, share: 0.8 }] });
const top = [exampleRow(), exampleRow(), exampleRow({ token_ids: Int32Array.of(1, 3, 2) })];

test('a feature is told at a glance: what it reads and promotes, its family, and the tokens at its peaks', () => {
  const { text } = answer(row, top, env);
  expect(text).toContain(
    '<p class=answer>reads <code>·one</code> after an earlier <code>&lt;b&gt;</code>: induction; promotes <code>·up</code>.</p>',
  );
  expect(text).toContain('induction</a> <small>confidence 60%</small>');
  expect(text).toContain(
    '<dd><span><code>&lt;b&gt;</code><small> × 2</small></span> <span><code>·three</code></span></dd>',
  );
  expect(text).toContain('without a language model.');
  expect(text).not.toContain('explorer');
});

test('as text, tokens are in quotation marks, for titles and descriptions', () => {
  expect(answerText(row, top, env)).toBe('reads “·one” after an earlier “<b>”: induction; promotes “·up”');
});

test('its strongest example opens in the explorer, where there is one', () => {
  expect(answer(row, top, { ...env, hasExplorer: true }).text).toContain(
    '<a href="/atlas/explorer.html?context=0&amp;target=0/1@2">Try this feature on a text</a>',
  );
});

test('a dead feature has neither family nor peaks', () => {
  const { text } = answer(featureRow({ count: 0 }), [], env);
  expect(text).toContain('never active in the corpus; its decoder promotes <code>·up</code>');
  expect(text).not.toMatch(/Family|Activates/);
});
