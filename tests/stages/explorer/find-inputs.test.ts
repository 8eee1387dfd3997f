import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { UserError } from '../../../pipeline/core/user-error.ts';
import { sha256File } from '../../../pipeline/io/hash.ts';
import { findExplorerInputs } from '../../../pipeline/stages/explorer/find-inputs.ts';
import type { RunRecord } from '../../../pipeline/store/run-record.ts';
import { tinySite } from '../../site/explorer/engine/tiny-site.ts';

/** A published tiny model's sources, and the record of a run that read them. */
async function tinyRun() {
  const { folder } = await tinySite({ saes: ['relu', null, 'jumprelu'] });
  const [model, saes] = [join(folder, '../model'), join(folder, '../saes')];
  const weights = (layer: number) => join(saes, String(layer), 'sae_weights.safetensors');
  const record: RunRecord = {
    version: '0.1.0',
    config: { model, saes, context: 12 },
    model: { name: 'tiny', nLayers: 3, nHeads: 2, sha256: await sha256File(join(model, 'model.safetensors')) },
    saes: [
      { layer: 0, source: '0', sha256: await sha256File(weights(0)), foldedBias: 'none' },
      { layer: 2, source: '2', sha256: await sha256File(weights(2)), foldedBias: 'value' },
    ],
    corpus: [],
    counts: { documents: 0, tokens: 0, contexts: 0, features: 48, alive: 0 },
  };
  return { model, saes, record };
}

it('finds what the run read where the run read it', async () => {
  const { model, record } = await tinyRun();
  const found = await findExplorerInputs({ explorer: true }, record);
  expect(found).toMatchObject({ modelName: 'tiny', model, context: 12, saes: [{ layer: 0 }, { layer: 2 }] });
  expect(found).toHaveProperty(
    'folds',
    new Map([
      [0, 'none'],
      [2, 'value'],
    ]),
  );
});

it('leaves the explorer out where it is not asked for, or what the run read is gone, and says so', async () => {
  const { record } = await tinyRun();
  expect(await findExplorerInputs({ explorer: false }, record)).toBe('not asked for');
  const gone = { ...record, config: { ...record.config, model: '/nowhere/model' } };
  expect(await findExplorerInputs({ explorer: true }, gone)).toBe('model not found: /nowhere/model');
  expect(await findExplorerInputs({ explorer: true }, { ...record, config: {} })).toContain('run.json does not say');
});

it('leaves the explorer out where the file is another by now', async () => {
  const { record } = await tinyRun();
  const other = { ...record, model: { ...record.model, sha256: '0'.repeat(64) } };
  expect(await findExplorerInputs({ explorer: true }, other)).toMatch(
    /^model is not the run's: sha256 \w+…, expected 0+…/,
  );
});

it('takes another folder that holds the same, and refuses one that does not', async () => {
  const { model, saes, record } = await tinyRun();
  const moved = join(saes, '../moved');
  await cp(saes, moved, { recursive: true });
  expect(await findExplorerInputs({ explorer: true, saes: moved }, record)).toMatchObject({ model });
  await cp(join(saes, '0', 'sae_weights.safetensors'), join(moved, '2', 'sae_weights.safetensors'));
  const refused = findExplorerInputs({ explorer: true, saes: moved }, record);
  await expect(refused).rejects.toThrow(UserError);
  await expect(refused).rejects.toThrow("sae of layer 2 is not the run's");
  await expect(findExplorerInputs({ explorer: true, model: '/nowhere' }, record)).rejects.toThrow('model not found');
});
