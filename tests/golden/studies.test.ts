import { expect, test } from 'vitest';
import { catalogue, type StudyName, studyNames } from '../../pipeline/measures/studies/catalogue.ts';
import type { StudyRecord } from '../../pipeline/measures/studies/study-record.ts';
import { runSections } from '../../site/measures/studies/families/run-sections.ts';
import { validationSections } from '../../site/measures/studies/families/validation.ts';
import { inductionSections } from '../../site/measures/studies/induction/sections.ts';
import { ioiSections } from '../../site/measures/studies/ioi/sections.ts';
import { studyPage } from '../../site/measures/studies/study-page.ts';
import { trainingSections } from '../../site/measures/studies/training/sections.ts';
import { type Html, html } from '../../site/page-kit/html.ts';
import { inductionData } from '../site/measures/studies/induction/example.ts';
import { ioiData } from '../site/measures/studies/ioi/example.ts';
import { rows as trainingRows } from '../site/measures/studies/training/example.ts';
import { testEnv } from '../site/test-env.ts';
import { expectStored } from './stored-page.ts';

const env = testEnv([' the', '<b>', 'cat', '\u202e', 'x']);

const mix = (layer: number, family: string, features: number) => ({
  ...{
    layer,
    sae: String(layer),
    family,
    features,
    mean_confidence: 0.9,
    mean_support: 0.8,
    mean_share_random: layer === 0 ? 0.5 : null,
  },
});
const planted = (truth: string, called: string, features: number) => ({
  level: 0,
  noise: 'little',
  truth,
  called,
  features,
});
const families = () => html`
  ${runSections(
    [mix(0, 'induction', 3), mix(0, 'unclear', 5), mix(1, 'BOS', 2)],
    [
      {
        layer: 0,
        sae: '0',
        feature: 2,
        family: 'induction',
        confidence: 0.95,
        score: 0.9,
        max_activation: 4,
        checked: 20,
        shown: 3,
      },
    ],
    env,
  )}
  ${validationSections(
    [planted('induction', 'induction', 8), planted('BOS', 'induction', 1), planted('BOS', 'dead', 2)],
    [{ family: 'BOS', least: 0.9, confidence: 0.98, features: 4, right: 3 }],
  )}
`;

const sections: Readonly<Record<StudyName, () => Html>> = {
  induction: () => inductionSections(inductionData, env),
  ioi: () => ioiSections(ioiData, env),
  families,
  training: () => trainingSections(trainingRows, env),
};

const record: StudyRecord = {
  ...{ study: '', version: '0.1.0', fingerprint: '', run: null, model: { name: 'tiny', sha256: '' } },
  ...{ settings: { imageTokens: 12 }, forwardPasses: 1200, forwardTokens: 34_000, elapsedSeconds: 5.5 },
  ...{ verdict: 'A verdict with <b> in it.', notes: ['A note.'] },
};

test.each(studyNames)('the page of the study %s is the stored one', (name) => {
  const { head, body } = studyPage({ name, ...catalogue[name] }, record, sections[name](), env);
  expect(body.text).not.toMatch(/undefined|NaN|\[object/);
  expectStored(`studies/${name}`, head.text + body.text);
});
