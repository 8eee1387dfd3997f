import { expect, test } from 'vitest';
import { runSections } from '../../../../../site/measures/studies/families/run-sections.ts';
import { testEnv } from '../../../test-env.ts';

const env = testEnv([]);
const mix = {
  ...{ layer: 0, sae: '0', family: 'induction', features: 3 },
  ...{ mean_confidence: 0.9, mean_support: 0.8, mean_share_random: null },
};
interface Check {
  readonly checked: number;
  readonly shown: number;
}
const exemplar = (family: string, feature: number, confidence: number | null, check?: Check) => ({
  ...{ layer: 0, sae: '0', feature, family, confidence, score: 0.83, max_activation: 4 },
  ...(check ?? { checked: null, shown: null }),
});

/** What the list of exemplars says, in words. */
function listed(...exemplars: ReturnType<typeof exemplar>[]): string {
  const { text } = runSections([mix], exemplars, env);
  return text.slice(text.indexOf('<dl class=exemplars>')).replace(/<[^>]+>/g, '');
}

test('a feature’s number and its confidence are two words', () => {
  expect(listed(exemplar('induction', 724, 0.99), exemplar('induction', 5, 0.9))).toContain('0/724 99% 0/5 90%');
});

test('a feature without a confidence has none, and a family of such is told by its scores', () => {
  expect(listed(exemplar('induction', 724, 0.99), exemplar('induction', 5, null))).toContain('0/724 99% 0/5 –');
  expect(listed(exemplar('local context', 5, null))).toContain(
    'local contextnone has a confidence, as too few examples were looked at; by score: 0/5 83%',
  );
});

test('what was seen on the feature’s own random tokens stands beside the confidence', () => {
  expect(listed(exemplar('induction', 724, 0.99, { checked: 20, shown: 3 }))).toContain('0/724 99%, 3 of 20');
});
