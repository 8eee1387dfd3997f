import { cp, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exampleRecord } from '../../../bench/synthetic/run-record.ts';
import { UserError } from '../../../pipeline/errors/user-error.ts';
import { findExplorerInputs } from '../../../pipeline/publish/explorer/find-inputs.ts';
import { identitiesOf } from '../../../pipeline/record/inputs.ts';
import { writeLocalInputs } from '../../../pipeline/record/local-inputs.ts';
import type { FoldedBias } from '../../../pipeline/sae/folded-bias.ts';
import { listSaes } from '../../../pipeline/sae/formats/sae-dir.ts';
import { temporaryFolder } from '../../files/temporary-folder.ts';
import { type TinyShape, tinySite } from '../../site/explorer/engine/tiny-site.ts';

/** A published tiny model's sources, and the record of a run that read them. */
async function tinyRun(saeKinds: TinyShape['saes'] = ['relu', null, 'jumprelu']) {
  const { folder } = await tinySite({ saes: saeKinds });
  const [model, saes, run] = ['../model', '../saes', '../run'].map((name) => join(folder, name));
  const folds: readonly FoldedBias[] = ['none', 'value'];
  const sources = await listSaes(saes);
  const chosen = sources.map((source, i) => ({ source, processing: { bias: folds[i] ?? 'none', reason: 'as told' } }));
  const found = await identitiesOf(model, chosen);
  const record = exampleRecord({
    config: { context: 12 },
    model: { ...found.model, name: 'tiny', nLayers: 3, nHeads: 2 },
    tokenizer: { ...found.tokenizer, vocabSize: 64 },
    saes: [...found.saes],
  });
  await writeLocalInputs(run, { model, saes });
  return { model, saes, run, record };
}

it('finds what the run read where the run read it', async () => {
  const { model, run, record } = await tinyRun();
  const found = await findExplorerInputs({ run, explorer: true }, record);
  expect(found).toMatchObject({ modelName: 'tiny', model, context: 12, saes: [{ layer: 0 }, { layer: 2 }] });
  expect(found).toHaveProperty(
    'folds',
    new Map([
      [0, 'none'],
      [2, 'value'],
    ]),
  );
});

it('finds all SAEs of a layer, the one that lower layers are taken apart by first', async () => {
  const { run, record } = await tinyRun([['relu', 'relu'], null, 'jumprelu']);
  const of = async (upstreamSaes: string[]) => {
    const found = await findExplorerInputs(
      { run, explorer: true },
      { ...record, config: { ...record.config, upstreamSaes } },
    );
    return typeof found === 'string' ? found : found.saes.map(({ id }) => id);
  };
  expect(await of([])).toEqual(['0-24', '0-32', '2']);
  expect(await of(['0-32'])).toEqual(['0-32', '0-24', '2']);
});

it('finds it also when all has moved together', async () => {
  const { run, record } = await tinyRun();
  const moved = await temporaryFolder({});
  await rename(join(run, '..'), join(moved, 'all'));
  const found = await findExplorerInputs({ run: join(moved, 'all/run'), explorer: true }, record);
  expect(found).toMatchObject({ model: join(moved, 'all/model') });
});

it('leaves the explorer out where it is not asked for, or what the run read is gone, and says so', async () => {
  const { run, record } = await tinyRun();
  expect(await findExplorerInputs({ run, explorer: false }, record)).toBe('not asked for');
  await writeLocalInputs(run, { model: '/nowhere/model', saes: '/nowhere/saes' });
  expect(await findExplorerInputs({ run, explorer: true }, record)).toBe('model not found: /nowhere/model');
  expect(await findExplorerInputs({ run: join(run, 'elsewhere'), explorer: true }, record)).toBe(
    'the run does not say where its model and SAEs are, expected --model DIR and --saes DIR',
  );
});

it.each([
  ['model/config.json', 'model'],
  ['model/model.safetensors', 'model'],
  ['model/tokenizer.json', 'tokenizer'],
  ['saes/0/cfg.json', 'sae 0'],
  ['saes/2/sae_weights.safetensors', 'sae 2'],
])('leaves the explorer out where %s is another by now', async (file, what) => {
  const { run, record } = await tinyRun();
  await changeOneByte(join(run, '..', file));
  const reason = await findExplorerInputs({ run, explorer: true }, record);
  expect(reason).toContain(`${what} is not the run's: sha256 of ${file} `);
});

/** A number gets another digit, or JSON a space at its end: what still reads, and is not the same. */
async function changeOneByte(path: string): Promise<void> {
  const bytes = await readFile(path);
  if (path.endsWith('.json')) return writeFile(path, `${bytes} `);
  bytes[bytes.length - 2] ^= 1;
  return writeFile(path, bytes);
}

it('takes another folder that holds the same, and refuses one that does not', async () => {
  const { model, saes, run, record } = await tinyRun();
  const moved = join(saes, '../moved');
  await cp(saes, moved, { recursive: true });
  expect(await findExplorerInputs({ run, explorer: true, saes: moved }, record)).toMatchObject({ model });
  await cp(join(saes, '0', 'sae_weights.safetensors'), join(moved, '2', 'sae_weights.safetensors'));
  const refused = findExplorerInputs({ run, explorer: true, saes: moved }, record);
  await expect(refused).rejects.toThrow(UserError);
  await expect(refused).rejects.toThrow("sae 2 is not the run's");
  await expect(findExplorerInputs({ run, explorer: true, model: '/nowhere' }, record)).rejects.toThrow(
    'model not found',
  );
});
