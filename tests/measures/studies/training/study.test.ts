import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { studySchema } from '../../../../pipeline/commands/study.ts';
import { recordingEffects } from '../../../../pipeline/effects.ts';
import { study } from '../../../../pipeline/measures/studies/study-command.ts';
import { readCurve } from '../../../../pipeline/measures/studies/training/curve-file.ts';
import { trainingCurve } from '../../../../pipeline/measures/studies/training/table.ts';
import { run } from '../../../../pipeline/run.ts';
import { openRun } from '../../../../pipeline/tables/reader.ts';
import { quickConfig } from '../../../run/quick-case.ts';
import { writeTinyModel } from '../../../training/tiny-model.ts';

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atlas-curve-'));
  ({ model } = await writeTinyModel(folder));
});
afterAll(() => rm(folder, { recursive: true }));

const points = [
  { step: 0, tokens: 0, loss: null, repeats_first: 8, repeats_second: 8 },
  { step: 200, tokens: 2_000_000, loss: 5, repeats_first: 8, repeats_second: 1, held_out: 4 },
  { step: 100, tokens: 1_000_000, loss: 6.5, repeats_first: 8, repeats_second: 7.5, held_out: 5, ioi_difference: 0.5 },
];
const write = (content: unknown) => writeFile(join(model, 'training.json'), JSON.stringify(content));

test('a curve is read by step, what was not measured as null', async () => {
  await write({ curve: points, recipe: 'anything' });
  const curve = await readCurve(model);
  expect(curve.map(({ step }) => step)).toEqual([0, 100, 200]);
  expect(curve[1]).toMatchObject({ loss: 6.5, ioi_difference: 0.5, pool: null, learning_rate: null });
});

test('another thing than a curve is refused by name', async () => {
  await write({ curve: [] });
  await expect(readCurve(model)).rejects.toThrow(/^malformed training curve: curve: .*training.json\)$/);
  await write({ curve: [{ step: 1, tokens: 'many' }] });
  await expect(readCurve(model)).rejects.toThrow(/^malformed training curve: curve\.0\.tokens: /);
  await rm(join(model, 'training.json'));
  await expect(readCurve(model)).rejects.toThrow("no curve of the model's training, expected training.json");
});

test('the study tells when copying came, from a model’s folder alone', async () => {
  await write({ curve: points });
  const out = join(folder, 'study');
  await mkdir(out);
  const { effects, lines } = recordingEffects();
  await study(studySchema.parse({ study: 'training', model, out }), effects);
  expect(lines.join('\n')).toContain(
    'A token of a repeated random sequence costs this model 7.00 nats less than the first time. From a tenth to half of that it took from 2.00 million to 2.00 million tokens, 0% of the training’s 2.00 million; nine tenths came by 2.00 million.',
  );
  expect(lines.join('\n')).toContain('0 forward passes');
});

test('a run has the study where its model has a curve, and no page of it where not', async () => {
  const plain = quickConfig(join(folder, 'without'), { studies: ['training'] });
  const withCurve = join(folder, 'with a curve');
  await cp(plain.model, withCurve, { recursive: true });
  await writeFile(join(withCurve, 'training.json'), JSON.stringify({ curve: points }));
  for (const config of [plain, { ...plain, model: withCurve, out: join(folder, 'with') }]) {
    await run(config, recordingEffects().effects);
    const reader = await openRun(config.out);
    const expected = config.model === withCurve ? [0, 100, 200] : [];
    expect((await reader.studyRows(trainingCurve)).map(({ step }) => step)).toEqual(expected);
    expect((await reader.study('training')) === undefined).toBe(config === plain);
    reader.close();
  }
}, 60_000);
