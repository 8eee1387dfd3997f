import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import '@tensorflow/tfjs';
import { parseExplorerManifest } from '../../../../pipeline/files/explorer-manifest.ts';
import { Loader } from '../../../../site/explorer/engine/loader.ts';
import { SaeStore } from '../../../../site/explorer/engine/sae-store.ts';
import { platformOf, tinySite } from './tiny-site.ts';

it('encodes the same with encoders kept and with none kept, and then holds nothing on the backend', async () => {
  await tf.setBackend('cpu');
  const { folder } = await tinySite({ saes: ['jumprelu'] });
  const manifest = parseExplorerManifest(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')), 'manifest');
  const z = tf.tensor2d([[1, -2, 3, 0.5, 0, 1, -1, 2]]);
  const before = tf.memory().numTensors;
  const encodeTwice = async (budgetBytes: number) => {
    const store = new SaeStore(manifest, new Loader(platformOf(folder).files('/').fetch, () => {}), budgetBytes);
    const sae = await store.get(0);
    const once = () => store.encoding(sae, (encode) => tf.tidy(() => encode(z).arraySync()));
    return [once(), once(), tf.memory().numTensors - before];
  };
  const [first, second, held] = await encodeTwice(0);
  expect([second, held]).toEqual([first, 0]);
  const [kept, again, resident] = await encodeTwice(1e6);
  expect([kept, again, resident]).toEqual([first, first, 4]);
});
