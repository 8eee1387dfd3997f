import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { type BackendWasm, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { createSession } from '../../../../site/explorer/engine/session.ts';
import { endOfText } from '../../../files/tiny-tokenizer.ts';
import { platformOf, tinySite } from './tiny-site.ts';

it('holds no more after a hundred prompts than after four, on the backend or in WebAssembly’s heap', async () => {
  const folder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  setWasmPaths(`${folder}/`);
  await tf.setBackend('wasm');
  const site = await tinySite({ saes: ['layer_norm', 'jumprelu', 'constant_norm_rescale'] });
  const session = createSession(platformOf(site.folder));
  await session.open('/', () => {});
  const heapBytes = () => {
    const heap: unknown = Reflect.get((tf.backend() as BackendWasm).wasm, 'HEAPU8');
    if (!(heap instanceof Uint8Array)) throw new Error('the backend keeps no heap');
    return heap.length;
  };
  const explore = async (prompt: number) => {
    const ids = [endOfText, ...Array.from({ length: 1 + (prompt % 11) }, (_, i) => (prompt * 7 + i * 13) % 200)];
    const { layers } = await session.run({ ids, edits: [] });
    const [feature, position] = [layers[2]?.features[0] ?? 0, layers[2]?.positions[0] ?? 0];
    await session.patterns({ ids, edits: [] }, 1);
    await session.attribution(ids, { layer: 2, feature, position });
    await session.decompose(ids, { layer: 2, feature, position }, null, 0.01);
    await session.graph(ids, { layer: 2, feature, position }, {});
    const logit = { position: ids.length - 1, tokenId: 3, minusTokenId: 4 };
    await session.logit(ids, logit);
    await session.effects(ids, { logit, position }, () => true);
    const settings = { tokenCount: 2, temperature: 1, seed: prompt };
    await session.generate({ ids, edits: [] }, settings, () => true);
    await session.score(ids, { layer: 2, head: 0, destination: ids.length - 1, source: 0 });
    await session.run({ ids, edits: [{ kind: 'feature', action: 'zero', layer: 0, feature: 1, position: null }] });
    return ids.length;
  };
  // The passes kept are those of the last two prompts: of the same lengths, they hold the same.
  const held: Record<string, { tensors: number; bytes: number; heap: number }> = {};
  for (let prompt = 0; prompt < 110; prompt++) {
    await explore(prompt);
    if (prompt !== 21 && prompt !== 109) continue;
    const { numTensors: tensors, numBytes: bytes } = tf.memory();
    held[prompt] = { tensors, bytes, heap: heapBytes() };
  }
  expect(held[109]?.tensors).toBeGreaterThan(0);
  expect(held[109]).toEqual(held[21]);
});
