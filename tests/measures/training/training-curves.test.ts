import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../pipeline/errors/user-error.ts';
import { trainingCurve } from '../../../pipeline/measures/training/table.ts';
import { writeTrainingCurves } from '../../../pipeline/measures/training/training-curves.ts';
import { readSaeCurves } from '../../../pipeline/record/sae-curves.ts';
import { openQueries } from '../../../pipeline/store/query.ts';
import { selectTable } from '../../../pipeline/tables/sql.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atlas-curves-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const point = (step: number, more: object = {}) => ({
  ...{ step, tokens: 64 * step, learning_rate: 0.001, loss: 16 / step, explained_variance: 1 - 1 / step },
  ...{ l0: 4, dead: step === 1 ? 3 : 0, threshold: 0.25, ...more },
});

/** An SAE's folder with a curve, or none. */
async function source(layer: number, curve?: unknown, config = 'cfg.json') {
  const id = `${layer}`;
  const folder = await mkdtemp(join(dir, 'sae-'));
  if (curve !== undefined) await writeFile(join(folder, 'training_curve.json'), JSON.stringify(curve));
  return { id, layer, configPath: join(folder, config) };
}

describe('the training curves of SAEs', () => {
  it('become a table by SAE and step; an SAE without one has no rows', async () => {
    const curves = await readSaeCurves([
      await source(0, { curve: [point(2), point(1)] }),
      await source(1),
      await source(2, { curve: [point(5)] }),
      { id: '3', layer: 3, configPath: undefined },
    ]);
    const out = join(dir, 'out');
    await mkdir(out);
    await writeTrainingCurves(out, curves);
    const queries = await openQueries(out, [trainingCurve]);
    const rows = await queries.rows(trainingCurve.columns, selectTable(trainingCurve));
    queries.close();
    expect(rows).toEqual([
      { layer: 0, sae: '0', ...point(1) },
      { layer: 0, sae: '0', ...point(2) },
      { layer: 2, sae: '2', ...point(5) },
    ]);
  });

  it('make no table where there is none', async () => {
    const out = join(dir, 'none');
    await mkdir(out);
    await writeTrainingCurves(out, await readSaeCurves([await source(0)]));
    expect(await readdir(out)).toEqual([]);
  });

  it('are read of SAEs in folders of their own alone, since others would share the file', async () => {
    expect(await readSaeCurves([await source(0, { curve: [point(1)] }, 'release_cfg.json')])).toEqual([]);
  });

  it.each([
    ['is empty', { curve: [] }],
    ['has no threshold', { curve: [point(1, { threshold: undefined })] }],
    ['has a loss that is no number', { curve: [point(1, { loss: null })] }],
    ['counts a part of a feature', { curve: [point(1, { dead: 0.5 })] }],
    ['counts more steps than the table can', { curve: [point(2 ** 31, { tokens: 0 })] }],
    ['has a step twice', { curve: [point(1), point(2), point(1)] }],
    ['has more points than a curve may', { curve: Array.from({ length: 2001 }, (_, i) => point(i + 1)) }],
  ])('are refused in one line where one %s', async (_, curve) => {
    const refused = readSaeCurves([await source(0, curve)]);
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(/^malformed training curve: .*training_curve\.json\)$/);
  });
});
