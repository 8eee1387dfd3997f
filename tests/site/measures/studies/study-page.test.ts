import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSyntheticRun } from '../../../../bench/synthetic/synthetic-run.ts';
import { catalogue, type StudyName, studyNames } from '../../../../pipeline/measures/studies/catalogue.ts';
import type { StudyRecord } from '../../../../pipeline/measures/studies/study-record.ts';
import { openRun, type RunReader } from '../../../../pipeline/tables/reader.ts';
import { sectionsOf } from '../../../../site/measures/studies/pages.ts';
import { studyPage } from '../../../../site/measures/studies/study-page.ts';
import { removeTemporaryFolders, temporaryFolder } from '../../../run/reference-case.ts';
import { testEnv } from '../../test-env.ts';

const env = testEnv([]);
const record: StudyRecord = {
  ...{ study: '', version: '0.1.0', fingerprint: '', run: null, model: { name: 'tiny', sha256: '' } },
  ...{ settings: { seed: 0 }, forwardPasses: 0, forwardTokens: 0, elapsedSeconds: 0, notes: [] },
  verdict: 'Not run: the budget leaves it 1,888 forward tokens, and it takes 38,912 at least.',
};
/** Of a run without tables of studies. */
let reader: RunReader;

beforeAll(async () => {
  const run = await temporaryFolder();
  await writeSyntheticRun(run, { layers: 1, features: 8, heads: 2, vocabulary: 60, seed: 1 });
  reader = await openRun(run);
});

afterAll(() => {
  reader.close();
  return removeTemporaryFolders();
});

async function pageOf(name: StudyName, verdict = record.verdict) {
  const own = { ...record, verdict };
  const sections = await sectionsOf(name, { record: own, reader, env });
  return studyPage({ name, ...catalogue[name] }, own, sections, env).body.text;
}

test.each(studyNames)(
  'the page of %s that was not run is its verdict, the command that adds it, and what it took',
  async (name) => {
    const page = await pageOf(name);
    expect(page).toContain(`<code>npm run atlas -- study ${name} --model MODEL`);
    expect(page.match(/<h2/g)).toEqual(['<h2']);
    expect(page).toContain('<h2 id=cost>');
  },
);

test('a study that the model has no room for is its verdict and what it took, and no command', async () => {
  const page = await pageOf('induction', 'Not possible with this model: it has one layer.');
  expect(page.match(/<h2/g)).toEqual(['<h2']);
  expect(page).not.toContain('npm run atlas');
});

test('the command that adds a study names SAEs where it reads them, and the curve where it needs one', async () => {
  expect(await pageOf('ioi')).toContain('study ioi --model MODEL --saes SAES --out RUN</code>');
  expect(await pageOf('training')).toContain('<code>training.json</code>');
});

test('a study that was run has its sections, and no command', async () => {
  const page = await pageOf('induction', 'None of the 8 heads attends by induction.');
  expect(page).toContain('<h2 id=need>');
  expect(page).not.toContain('npm run atlas');
});
