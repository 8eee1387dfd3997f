import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { studySchema } from '../../pipeline/commands/study.ts';
import { recordingEffects } from '../../pipeline/effects.ts';
import { inductionCurves } from '../../pipeline/measures/studies/induction/table.ts';
import { study } from '../../pipeline/measures/studies/study-command.ts';
import { readStudyRecord } from '../../pipeline/measures/studies/study-record.ts';
import { openRun } from '../../pipeline/tables/reader.ts';
import { plantedConfig } from './planted-case.ts';
import { folderOf, runReference } from './reference-case.ts';

const cli = fileURLToPath(new URL('../../pipeline/cli.ts', import.meta.url));
const node = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));
const model = join(folderOf(7), 'model');
const saes = join(folderOf(7), 'saes');
const corpus = join(folderOf(7), 'corpus.jsonl');

let folder: string;
/** A finished run without studies, and one that ran them. */
let plain: string;
let studied: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atlas-study-'));
  plain = await runReference(7, { studies: [] });
  studied = await runReference(7, { studies: ['induction'] });
});

afterAll(async () => {
  for (const path of [folder, plain, studied]) await rm(path, { recursive: true, force: true });
});

function atlas(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(node, [cli, ...argv], { encoding: 'utf8' });
}

async function copyOf(run: string): Promise<string> {
  const copy = await mkdtemp(join(folder, 'run-'));
  await cp(run, copy, { recursive: true });
  return copy;
}

async function addTo(out: string, settings: object = {}): Promise<readonly string[]> {
  const { effects, lines } = recordingEffects();
  await study(studySchema.parse({ study: 'induction', model, saes, out, ...settings }), effects);
  return lines;
}

const curvesIn = (out: string) => readFile(join(out, inductionCurves.name, 'part-00000.parquet'));

test('the command writes whole tables and a record of what it cost into a new folder, and says what it found', async () => {
  const out = join(folder, 'new');
  const { status, stdout } = atlas('study', 'induction', '--model', model, '--corpus', corpus, '--out', out);
  expect(status).toBe(0);
  expect((await readdir(out)).toSorted()).toContain('study_induction.json');
  expect(await readdir(out)).not.toContain('.work');
  const record = await readStudyRecord(out, 'induction');
  expect(record?.forwardPasses).toBeGreaterThan(0);
  expect(stdout).toContain(record?.verdict);
  expect(stdout).toContain(`${record?.forwardPasses} forward passes, ${record?.forwardTokens} tokens in all`);
});

test('finds the one induction head of a model made by hand, on sequences and on text', async () => {
  const planted = await plantedConfig(join(folder, 'planted'));
  const out = join(folder, 'planted-study');
  const { stdout } = atlas('study', 'induction', '--model', planted.model, '--corpus', ...planted.corpus, '--out', out);
  expect(stdout).toMatch(
    /^ {2}1 of the \d+ heads attends by induction: 1 after one matching token \(1\.0\), none only after/m,
  );
  expect(stdout).toMatch(/^ {2}1\.0 short-prefix induction: attention 1\.00 after one token, .* on text 0\.\d+/m);
  expect(stdout).toMatch(
    /^ {2}sequences of \d+ tokens, not 64: the model has a context of 64 tokens and [\d,]+ ordinary tokens/m,
  );
});

test('a study added to a finished run gives the bytes that the run itself would have written', async () => {
  const added = await copyOf(plain);
  await addTo(added);
  expect(await curvesIn(added)).toEqual(await curvesIn(studied));
});

test('a study shares its seed with the run, not its batch', async () => {
  const [batched, reseeded] = [await copyOf(plain), await copyOf(plain)];
  await addTo(batched, { batch: 7 });
  await addTo(reseeded, { seed: 1 });
  expect(await curvesIn(batched)).toEqual(await curvesIn(studied));
  expect(await curvesIn(reseeded)).not.toEqual(await curvesIn(studied));
});

test('a run without studies reads as one in which none was run', async () => {
  const reader = await openRun(plain);
  expect(await reader.study('induction')).toBeUndefined();
  expect(await reader.studyRows(inductionCurves)).toEqual([]);
  reader.close();
});

test('a study of another run is not shown with a run', async () => {
  const copy = await copyOf(studied);
  const file = join(copy, 'study_induction.json');
  const record = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...record, run: 'other' }));
  const reader = await openRun(copy);
  expect(await reader.study('induction')).toBeUndefined();
  reader.close();
});

test('a malformed record is named', async () => {
  const copy = await copyOf(studied);
  await writeFile(join(copy, 'study_induction.json'), '{"study": "induction"}');
  const reader = await openRun(copy);
  await expect(reader.study('induction')).rejects.toThrow(
    /^malformed study record: version: .*study_induction\.json\)$/,
  );
  reader.close();
});

test('another model than the run’s is refused and leaves the run as it was', async () => {
  const copy = await copyOf(studied);
  const before = await curvesIn(copy);
  const other = join(folderOf(11), 'model');
  await expect(addTo(copy, { model: other })).rejects.toThrow(
    /^model is not that of the run at out: sha256 \w{12}, expected \w{12} /,
  );
  expect(await curvesIn(copy)).toEqual(before);
  expect(await readdir(copy)).not.toContain('.work');
});

test('other SAEs than the run’s are refused', async () => {
  const copy = await copyOf(plain);
  const other = join(folderOf(11), 'saes');
  await expect(addTo(copy, { saes: other })).rejects.toThrow(/^sae of layer 0 is not in the run at out: /);
});

test.each([
  ['model', 'config.json', /^model is not that of the run at out: /],
  ['model', 'tokenizer.json', /^tokenizer is not that of the run at out: /],
  [
    'saes',
    'blocks.0.hook_z/cfg.json',
    /^sae of layer 0 is not in the run at out: saes\/blocks.0.hook_z, expected the run's own/,
  ],
])('a %s whose %s is another than the run’s is refused, whatever the weights', async (input, file, message) => {
  const copy = await copyOf(plain);
  const other = join(folder, `other-${input}-${basename(file)}`);
  await cp(join(folderOf(7), input), other, { recursive: true });
  await writeFile(join(other, file), `${await readFile(join(other, file), 'utf8')}\n`);
  await expect(addTo(copy, { [input]: other })).rejects.toThrow(message);
});

test('a corpus that cannot be read leaves no folder behind', async () => {
  const out = join(folder, 'nothing');
  await expect(addTo(out, { corpus: [join(folder, 'no such file')] })).rejects.toThrow(/no such file/);
  expect(await readdir(folder)).not.toContain('nothing');
});

test.each([
  [['inducton'], 'atlas: unknown study inducton, did you mean induction?\n'],
  [['xyz'], /^atlas: unknown study xyz, expected one of induction/],
  [[], /^atlas: missing study of study, expected one of induction/],
])('a study that is not there is one line on stderr: %j', (argv, message) => {
  const { status, stdout, stderr } = atlas('study', ...argv);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(message);
});
