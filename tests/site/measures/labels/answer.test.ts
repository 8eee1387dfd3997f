import { expect, test } from 'vitest';
import { answer, answerText } from '../../../../site/measures/labels/answer.ts';
import { exampleRow, featureRow, testEnv } from '../../test-env.ts';

const env = testEnv(['<s>', ' one', '<b>', ' three']);
const row = featureRow({ family: 'induction', family_confidence: 0.6, read_tokens: [{ token_id: 1, share: 0.8 }] });
const top = [exampleRow(), exampleRow(), exampleRow({ token_ids: Int32Array.of(1, 3, 2) })];

test('a feature is told at a glance: what it reads and promotes, its family, and the tokens at its peaks', () => {
  const { text } = answer({ row, top, labels: [] }, env);
  expect(text).toContain(
    '<p class=answer>reads <code>·one</code> after an earlier <code>&lt;b&gt;</code>: induction; promotes <code>·up</code>.</p>',
  );
  expect(text).toContain(
    'induction</a> <small><a href="/atlas/methods.html#confidence">confidence</a> 60%: the share that is right of made features on such evidence</small>',
  );
  expect(text).toContain(
    '<dd><span><code>&lt;b&gt;</code><small> × 2</small></span> <span><code>·three</code></span></dd>',
  );
  expect(text).toContain('without a language model.');
  expect(text).not.toContain('explorer');
});

test('a family’s confidence has beside it what the feature’s own random tokens show, if they were tried for it', () => {
  const check = {
    ...{ layer: 0, sae: '0', feature: 1, family: 'induction' },
    tokens: 20,
    shown: 3,
    family_share_random: 0.15,
  };
  const { text } = answer({ row, top, labels: [], check }, env);
  expect(text).toContain('confidence</a> 60%, shows on 3 of 20 random tokens</small>');
  const other = answer({ row, top, labels: [], check: { ...check, family: 'copying' } }, env);
  expect(other.text).not.toContain('random tokens');
});

test('as text, tokens are in quotation marks, for titles and descriptions', () => {
  expect(answerText({ row, top }, env)).toBe('reads “·one” after an earlier “<b>”: induction; promotes “·up”');
});

test('its strongest example opens in the explorer, where there is one', () => {
  expect(answer({ row, top, labels: [] }, { ...env, hasExplorer: true }).text).toContain(
    '<a href="/atlas/explorer.html?context=0&amp;target=0/1@2">Try this feature on a text</a>',
  );
});

test('a dead feature has neither family nor peaks', () => {
  const { text } = answer({ row: featureRow({ count: 0 }), top: [], labels: [] }, env);
  expect(text).toContain('never active in the corpus; its decoder promotes <code>·up</code>');
  expect(text).not.toMatch(/Family|Activates/);
});

const label = {
  ...{
    layer: 0,
    sae: '0',
    feature: 1,
    rank: 0,
    label: 'names <in> lists',
    kind: 'imported',
    author: 'Ada',
    model: 'a model',
  },
  ...{ score: 0.55, score_low: 0.45, score_high: 0.65, score_kind: 'detection', source: 'mine.csv', sae_sha256: '' },
  scores: [{ kind: 'detection', value: 0.55, low: 0.45, high: 0.65 }],
};

test('a label comes first, with its source and score, and whether that is above chance; the summary is marked as made by rule', () => {
  const better = { ...label, score_low: 0.52 };
  const { text } = answer({ row, top, labels: [label] }, env);
  expect(text).toContain('<p class=answer>names &lt;in&gt; lists</p>');
  expect(text).toContain('Imported label: <b>a model, Ada</b>;');
  expect(text).toContain('Detection <b>0.55</b> (95% 0.45 to 0.65).');
  expect(text).toContain('<strong>No better than chance: a guess scores 0.5.</strong>');
  expect(text).toContain('<b>By rule:</b> reads <code>·one</code>');
  expect(answer({ row, top, labels: [better] }, env).text).not.toContain('chance');
  expect(answerText({ row, top, label }, env)).toBe('names <in> lists');
});

test('further labels fold under the best, each with its own source', () => {
  const other = { ...label, rank: 1, label: 'another', source: 'other.csv', score: null, scores: [], score_kind: null };
  const { text } = answer({ row, top, labels: [label, other] }, env);
  expect(text).toMatch(/<details class=labels><summary>Another label<\/summary>.*another.*other\.csv\. No score\./);
});
