import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import { expect, it } from 'vitest';
import { requiredKernels } from '../../../../site/explorer/engine/required-kernels.ts';
import { tinyIds as ids, openTiny } from './tiny-session.ts';

it('lists every kernel that the computation calls, and no other', async () => {
  const called = new Set<string>();
  for (const activation of ['gelu_new', 'gelu', 'relu'] as const) {
    const { session } = await openTiny(['layer_norm', 'constant_norm_rescale', null, 'jumprelu', 'topk'], activation);
    const { kernelNames } = await tf.profile(async () => {
      const target = { layer: 4, feature: 2, position: 5 };
      await session.run({
        ids,
        edits: [
          { kind: 'feature', action: 'mean', layer: 0, feature: 1, position: null },
          { kind: 'head', action: 'zero', layer: 0, head: 1, position: 3 },
        ],
      });
      await session.patterns({ ids, edits: [] }, 1);
      await session.attribution(ids, target);
      await session.graph(ids, target, {});
      await session.logits({ ids, edits: [] }, 3, [4]);
      await session.logit(ids, { position: 5, tokenId: 3, minusTokenId: 4 });
      await session.effects(ids, { logit: { position: 5, tokenId: 3, minusTokenId: 4 }, position: 4 }, () => true);
      await session.generate({ ids, edits: [] }, { tokenCount: 2, temperature: 1, seed: 0 }, () => true);
      await session.score(ids, { layer: 2, head: 0, destination: 4, source: 2 });
      return [];
    });
    for (const name of kernelNames) called.add(name);
  }
  expect([...called].sort()).toEqual([...requiredKernels].sort());
});

it.each(['wasm', 'webgpu'])('has each of them on %s', (backend) => {
  const there = tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName);
  expect(requiredKernels.filter((name) => !there.includes(name))).toEqual([]);
});
