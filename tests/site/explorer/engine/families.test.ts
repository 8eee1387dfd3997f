import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { readModelConfig } from '../../../../pipeline/files/model/model-dir.ts';
import { logits } from '../../../../pipeline/model/transformer.ts';
import { writeExplorerFiles } from '../../../../pipeline/publish/explorer/write-files.ts';
import { openSite } from '../../../../site/explorer/engine/open-site.ts';
import { temporaryFolder } from '../../../files/temporary-folder.ts';
import { tokenizerJson } from '../../../files/tiny-tokenizer.ts';
import { expectClose, expectedOf, familyCases, familyFolder } from '../../../model/family-cases.ts';
import { platformOf } from './tiny-site.ts';

/** Float32 against float64: small models are published as they are stored. */
const tolerance = 1e-4;

beforeAll(async () => {
  await tf.setBackend('cpu');
});

it.each(familyCases)('what is published of %s is that model', async (name) => {
  const root = await temporaryFolder({ 'model/tokenizer.json': tokenizerJson });
  const [model, folder] = [join(root, 'model'), join(root, 'explorer')];
  await cp(familyFolder(name), model, { recursive: true });
  await mkdir(folder);
  const tables = { features: async () => [], zMeans: async () => [] };
  await writeExplorerFiles({ modelName: name, model, saes: [], folds: new Map(), context: 14 }, tables, {
    folder,
    isLossless: true,
  });
  const site = await openSite(platformOf(folder), '/', () => {});
  const { config } = await readModelConfig(model);
  const { bosTokenId, eosTokenId } = site.manifest.config;
  expect(site.manifest.config).toEqual({ ...config, bosTokenId, eosTokenId });

  await site.model.shared();
  for (let layer = 0; layer < config.nLayers; layer++) await site.model.layer(layer);
  const { tokens, outputs } = await expectedOf(name);
  const found = tf.tidy(() => logits(site.model.transformer, tf.tensor2d(tokens, [1, tokens.length], 'int32')));
  expectClose(await found.data(), outputs.get('logits') ?? new Float32Array(), 'logits', tolerance);
});
