import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadModel } from '../../../../pipeline/files/model/model-dir.ts';
import { gpt2 } from '../../../../pipeline/model/families/gpt2.ts';
import { checkpointFrom } from '../../../../pipeline/model/family.ts';
import type { Sae } from '../../../../pipeline/sae/sae.ts';
import { createSession } from '../../../../site/explorer/engine/session.ts';
import type { ExplorerSession, MeasuredEffects } from '../../../../site/explorer/protocol.ts';
import { withSaes } from '../../../../site/explorer/with-saes.ts';
import { add, forward, type Matrix, matrixOf, plainModel, subtract, times } from '../../../run/processed-model.ts';
import { tinyIds as ids } from './tiny-session.ts';
import { platformOf, tinySite } from './tiny-site.ts';

const pass = { ids, edits: [] };
const [narrow, wide] = ['0-24', '0-32'];

/** Layer 0 has two SAEs, 1 has one; the files that have been asked for, and z [layer][position] in float64. */
async function openTwo() {
  await tf.setBackend('cpu');
  const site = await tinySite({ saes: [['relu', 'relu'], 'relu'] });
  const fetched: string[] = [];
  const session = createSession(platformOf(site.folder, (path) => fetched.push(path) < 0));
  const info = await session.open('/', () => {});
  const { config, weights } = await loadModel(join(site.folder, '../model'));
  const { layers } = forward(plainModel(checkpointFrom(gpt2, config, weights), 2, 2), ids);
  const saes = () =>
    fetched.filter((path) => path.startsWith('sae-')).map((path) => path.replace(/-[0-9a-f]+\.saf.*/, ''));
  return { site, session, info, saes, z: layers.map((layer) => layer.z) };
}

function saeOf(saes: readonly Sae[], id: string): Sae {
  const found = saes.find((sae) => sae.id === id);
  if (!found) throw new Error(`no sae ${id}`);
  return found;
}

/** f [position][feature] by the SAE's own weights. */
function encoded(sae: Sae, z: Matrix): number[][] {
  const bDec = sae.subtractDecoderBias ? [...sae.bDec.data] : z[0].map(() => 0);
  return z.map((row) =>
    add(times(subtract(row, bDec), matrixOf(sae.wEnc)), [...sae.bEnc.data]).map((x) => Math.max(0, x)),
  );
}

async function expectFeatures(session: ExplorerSession, sae: Sae, z: Matrix): Promise<void> {
  const { layers } = await session.run(pass);
  const own = layers.find(({ layer }) => layer === sae.layer);
  const wanted = encoded(sae, z);
  expect(own?.features.length).toBe(wanted.flat().filter((value) => value > 0).length);
  own?.features.forEach((feature, i) => {
    expect(own.activations[i]).toBeCloseTo(wanted[own.positions[i]]?.[feature] ?? Number.NaN, 4);
  });
}

it('a layer uses its first SAE unless another is asked for, each with its own numbers, and no other is fetched', async () => {
  const { site, session, info, saes, z } = await openTwo();
  expect(info.saes.map(({ id, dSae }) => [id, dSae])).toEqual([
    [narrow, 24],
    [wide, 32],
    ['1', 24],
  ]);
  await session.fetchAhead();
  await expectFeatures(session, saeOf(site.saes, narrow), z[0]);
  expect(saes().toSorted()).toEqual(['sae-0-24', 'sae-1']);
  await expectFeatures(withSaes(session, [wide, '1']), saeOf(site.saes, wide), z[0]);
  expect(saes().toSorted()).toEqual(['sae-0-24', 'sae-0-32', 'sae-1']);
  await expectFeatures(withSaes(session, [narrow, '1']), saeOf(site.saes, narrow), z[0]);
});

it('attributions are of the SAE that is asked with, whatever others ask at the same time', async () => {
  const { site, session, z } = await openTwo();
  const position = ids.length - 1;
  const asked = [narrow, wide, narrow, wide].map(async (id) => {
    const own = encoded(saeOf(site.saes, id), z[0])[position];
    const feature = own.indexOf(Math.max(...own));
    const { byHeadAndSource, constant } = await withSaes(session, [id, '1']).attribution(ids, {
      ...{ layer: 0, feature, position },
    });
    expect(byHeadAndSource.reduce((sum, value) => sum + value, constant)).toBeCloseTo(own[feature], 4);
  });
  await Promise.all(asked);
});

it('what takes long goes on with the SAEs that it began with', async () => {
  const { session } = await openTwo();
  const question = { logit: { position: ids.length - 1, tokenId: 104, minusTokenId: null }, position: ids.length - 1 };
  const measure = async (onPart: () => Promise<unknown>) => {
    const parts: MeasuredEffects[] = [];
    await withSaes(session, [wide, '1']).effects(ids, question, async (part) => {
      await onPart();
      return parts.push(part) > 0;
    });
    return parts.map(({ layer, features, effects }) => [layer, [...features], [...effects]]);
  };
  const alone = await measure(async () => {});
  expect(alone.length).toBeGreaterThan(1);
  expect(await measure(() => withSaes(session, [narrow, '1']).run(pass))).toEqual(alone);
});

it('features are checked against the SAE in use, and ids against those that there are', async () => {
  const { session } = await openTwo();
  const last = { layer: 0, feature: 31, position: 1 };
  await expect(withSaes(session, [narrow, '1']).attribution(ids, last)).rejects.toThrow(
    'unknown feature of layer 0: 31, expected 0 to 23',
  );
  expect((await withSaes(session, [wide, '1']).attribution(ids, last)).target).toEqual(last);
  await expect(session.useSaes(['2'])).rejects.toThrow('unknown sae: 2, expected one of 0-24, 0-32, 1');
  await expect(session.useSaes([narrow, wide])).rejects.toThrow('several saes of a layer: 0-24,0-32');
});
