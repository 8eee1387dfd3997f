import { expect, test } from 'vitest';
import { families } from '../../../../pipeline/measures/families/maths/family-names.ts';
import { familyDefinitions, familySlug } from '../../../../site/measures/families/family-definitions.ts';
import { familyPage } from '../../../../site/measures/families/family-page.ts';
import { exampleRow, featureRow, testEnv } from '../../test-env.ts';

const env = testEnv([' a', '<b>', 'c', 'd']);
const mix = (layer: number, features: number) => ({
  ...{ layer, sae: String(layer), family: 'induction', features },
  ...{ mean_confidence: 0.9, mean_support: 0.8, mean_share_random: null },
});

test('a family’s page has its definition, its numbers by SAE, and its surest features with examples', () => {
  const exemplars = [{ row: featureRow({ family: 'induction', family_confidence: 0.95 }), top: [exampleRow()] }];
  const { head, body } = familyPage({ family: 'induction', mix: [mix(0, 1200), mix(1, 34)], exemplars }, env);
  expect(body.text).toContain(familyDefinitions.induction);
  expect(body.text).toContain('1,234 live features');
  expect(body.text).toContain('<a href="/atlas/features.html?layer=1&amp;family=induction">34 of layer 1</a>');
  expect(body.text).toContain('<a href="/atlas/f/0/1.html">0/1</a>');
  expect(body.text).toContain('<mark');
  expect(head.text).toContain('<title>Induction features · tiny &lt;model&gt;</title>');
});

test('a confidence has beside it what the feature’s own random tokens show', () => {
  const check = {
    ...{ layer: 0, sae: '0', feature: 1, family: 'induction' },
    tokens: 20,
    shown: 3,
    family_share_random: 0.15,
  };
  const exemplars = [{ row: featureRow({ family: 'induction', family_confidence: 0.95 }), top: [], check }];
  const { text } = familyPage({ family: 'induction', mix: [], exemplars }, env).body;
  expect(text).toContain('#confidence">confidence</a> 95%, shows on 3 of 20 random tokens · density');
});

test('a family none of whose features has a confidence says so, and calls none the surest', () => {
  const exemplars = [{ row: featureRow({ family: 'local context' }), top: [exampleRow()] }];
  const { text } = familyPage({ family: 'local context', mix: [], exemplars }, env).body;
  expect(text).not.toMatch(/surest<|greatest confidence/);
  expect(text).toContain('None has a confidence, as too few of their examples were looked at to tell.');
});

test('every family is linked, its own as the page that is open, and one without examples says nothing of them', () => {
  const { text } = familyPage({ family: 'unclear', mix: [], exemplars: [] }, env).body;
  for (const family of families) {
    const own = family === 'unclear' ? ' aria-current=page' : '';
    expect(text).toContain(`<a href="/atlas/families/${familySlug(family)}.html"${own}>${family}</a>`);
  }
  expect(text).not.toContain('The surest');
});

test('examples say their document, and promoted tokens stand once', () => {
  const exemplars = [{ row: featureRow({ family: 'induction', family_confidence: 0.95 }), top: [exampleRow()] }];
  const source = () => ({ file: 'a.txt', document: 7, offset: 100 });
  const page = (isRule: boolean) => {
    const nameOf = () => ({ text: 'reads ` a`; promotes ` a`', isRule, isAtChance: false });
    return familyPage({ family: 'induction', mix: [], exemplars }, { ...env, nameOf, source }).body.text;
  };
  expect(page(true)).toContain(`doc 7, token ${100 + exampleRow().position - 1}`);
  expect(page(true).match(/promotes/g)).toHaveLength(1);
  expect(page(false)).toContain('<p class=facts>promotes <code>');
});
