import { expect, test } from 'vitest';
import { familyConfidence } from '../../../../pipeline/measures/families/maths/family-confidence.ts';
import { curveFigure, familySection } from '../../../../site/measures/families/family.ts';
import { proxyFigure } from '../../../../site/measures/families/family-proxy.ts';
import { noScores } from '../../../measures/families/family-scores.ts';
import { featureRow, testEnv } from '../../test-env.ts';

const env = testEnv([' <B>', ' Monday', ' Tuesday']);
const zeros = (...last: number[]) => Float64Array.of(...new Array<number>(10 - last.length).fill(0), ...last);
const row = featureRow({
  family: 'induction',
  family_scores: {
    ...noScores,
    ...{ induction: 0.9, bos: 0.01, activation_with_sources: 1, copying: 0.3 },
    ...{ proxy_sensitivity: 0.4, duplicate_token: 0.05 },
  },
  family_support: { shown: 18, of: 19 },
  family_confidence: 0.98,
  distinct_texts: 19,
  context_curve: Float32Array.of(0.1, 0.5, 1.2),
  induction_proxy: { token_id: 0, held: zeros(1, 2), missed: zeros(1, 0), silent: 6 },
});

const textOf = (html: string) => html.replace(/<[^>]+>/g, '');

test('a family is shown with its calibrated confidence, its support, and the rule that decided', () => {
  const html = familySection(row, env).text;
  const cell = familyConfidence('induction', 0.9);
  expect(html).toContain('<a href="/atlas/features.html?family=induction"><b>induction</b></a>');
  expect(textOf(html)).toContain(
    `Confidence 98%: of ${cell?.features} made features with known answers that were called induction with a score from 90% on, ${cell?.right} are`,
  );
  expect(textOf(html)).toContain('Seen in 18 of the 19 distinct top examples that were looked at for it.');
  expect(textOf(html)).toMatch(
    /Rule 4 of 10 decided: the larger of the two carries at least 60% \(induction 25% where/,
  );
});

test('evidence is listed by the rule that decided, then in the order of the rules', () => {
  expect([...familySection(row, env).text.matchAll(/<dt>(.*?)<\/dt>/g)].map(([, name]) => name)).toEqual([
    'induction',
    'duplicate token',
    'previous token',
    'current token',
    'BOS',
    'copying',
    'Activation once its sources are in the context',
  ]);
});

test('a family that another outscores comes first all the same, and the page says why', () => {
  const scores = { ...noScores, induction: 0.1, high_level_context: 0.55, current_token: 0.95 };
  const html = familySection({ ...row, family: 'high-level context', family_scores: scores }, env).text;
  expect(html.indexOf('<dt>high-level context</dt>')).toBeLessThan(html.indexOf('<dt>current token</dt>'));
  expect(textOf(html)).toContain('The first rule that holds decides, whatever scores more: here current token.');
});

test('a feature whose examples end in one text is unclear for that reason', () => {
  const unclear = { ...row, family: 'unclear', family_support: null, family_confidence: null, distinct_texts: 1 };
  const text = textOf(familySection(unclear, env).text);
  expect(text).toContain('Its top examples end in 1 distinct text.');
  expect(text).toContain('Rule 1 of 10 decided: fewer than 3 of its top examples end in different texts');
  expect(text).not.toContain('Confidence');
});

test('an induction feature says how specific and how sensitive its proxy is', () => {
  const text = textOf(proxyFigure(row, env).text);
  expect(text).toContain(
    'Of 4 tokens where this feature is active, 75% could be predicted by induction to be followed by ·&lt;B&gt; ' +
      '(specificity; 75% for activations above half of the maximum)',
  );
  expect(text).toContain('It is active on 33% of all 9 such tokens (sensitivity)');
});

test('its bars stack what held on what did not, of each tenth of the activations that is not empty', () => {
  const html = proxyFigure(row, env).text;
  expect(html).toContain('<path class=missed d="M212.5 48v-48M237.5 48v-48"/><path d="M212.5 48v-24M237.5 48v-48"/>');
  expect(html).toContain('data-c="0 0 0 0 0 0 0 0 2 2" data-h="0 0 0 0 0 0 0 0 1 2"');
  expect(html).toMatch(/up: none(, none){7}, 50%, 100%"/);
});

test('fifty bins are drawn as ten levels', () => {
  const held = Float64Array.from({ length: 50 }, (_, bin) => (bin >= 45 ? 1 : 0));
  const html = proxyFigure({ ...row, induction_proxy: { token_id: 0, held, missed: held, silent: 0 } }, env).text;
  expect(html).toContain('data-c="0 0 0 0 0 0 0 0 0 10"');
});

test('the proxy is shown where it tells something: of features that copy, or where it holds when they fire strongly', () => {
  expect(proxyFigure({ ...row, family: 'copying' }, env).text).not.toBe('');
  expect(proxyFigure({ ...row, family: 'BOS' }, env).text).not.toBe('');
  const weak = { token_id: 0, held: zeros(1, 2), missed: zeros(1, 9), silent: 6 };
  expect(proxyFigure({ ...row, family: 'BOS', induction_proxy: weak }, env).text).toBe('');
  expect(proxyFigure({ ...row, induction_proxy: { ...weak, held: zeros() } }, env).text).toBe('');
  expect(proxyFigure({ ...row, induction_proxy: null }, env).text).toBe('');
});

test('what carries the attribution is named, of succession with what is promoted after it', () => {
  const reads = {
    ...row,
    read_tokens: [{ token_id: 1, share: 0.7 }],
    positive_logits: [{ token_id: 2, token: ' Tuesday', value: 1 }],
  };
  expect(familySection(reads, env).text).toContain(
    '70% of its positive attribution comes from the token <code>·Monday</code>.',
  );
  expect(familySection({ ...reads, family: 'succession' }, env).text).toContain(
    'comes from the token <code>·Monday</code> → <code>·Tuesday</code>.',
  );
});

test('the curve stays inside its box and is told in words', () => {
  const html = curveFigure(Float32Array.of(0, 0.5, 1.2), 128).text;
  expect(html).toContain('d="M0 48L42 24L83 0"');
  expect(html).toMatch(/aria-label="By tokens left: 1: 0%, 2: 50%, 4: 120%"/);
});

test('the curve’s axis holds the lengths that contexts can be cut to', () => {
  const axis = (contextLength: number) =>
    curveFigure(Float32Array.of(0.5), contextLength).text.match(/(?<=<span>)\d+/g);
  expect(axis(128)).toEqual(['1', '2', '4', '8', '16', '32', '64']);
  expect(axis(6)).toEqual(['1', '2', '4']);
  expect(axis(3)).toEqual(['1']);
});

test('a feature without a family shows nothing of it', () => {
  expect(familySection(featureRow(), env).text).toBe('');
  expect(curveFigure(null, 128).text).toBe('');
});
