import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headSourceAttribution } from '../../pipeline/attribution/attribution.ts';
import type { LoadedSaes } from '../../pipeline/attribution/recursion/frozen-pass.ts';
import type { FrozenPrompt } from '../../pipeline/attribution/recursion/frozen-prompt.ts';
import { scoreAttribution } from '../../pipeline/attribution/recursion/score-attribution.ts';
import { recursiveAttribution } from '../../pipeline/attribution/recursive-attribution.ts';
import { attentionStates, type Transformer } from '../../pipeline/model/transformer.ts';
import { preActivations } from '../../pipeline/sae/sae.ts';
import { type PlainPass, plainForward } from '../model/plain-llama.ts';
import { plainOfToy, randomCheckpoint } from '../model/rotary-cases.ts';
import { toy } from '../model/toy-family.ts';
import { removeTemporaryFolders } from '../run/reference-case.ts';
import { loadToy, toyCase, toyJsonOfRun } from '../run/toy-case.ts';
import { freeze } from './recursion/freeze.ts';

const tolerance = 1e-4;
const tokens = [toyJsonOfRun.end_token, 104, 101, 108, 104, 101, 108, 111, 33];
const length = tokens.length;
const nHeads = 4;
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

/** RMSNorm, rotary positions, shared keys and values, with an SAE in every layer and with one layer without. */
describe.each([{ layers: [0, 1, 2] }, { layers: [0, 2] }])('a toy with SAEs of layers $layers', ({ layers }) => {
  let transformer: Transformer;
  let saes: LoadedSaes;
  let prompt: FrozenPrompt;
  let plain: PlainPass;

  beforeAll(async () => {
    ({ transformer, saes } = await loadToy(await toyCase(layers)));
    prompt = await freeze(transformer, saes, tokens);
    plain = plainForward(plainOfToy(randomCheckpoint(toy, toyJsonOfRun)), tokens);
  });
  afterAll(async () => {
    prompt?.dispose();
    await removeTemporaryFolders();
  });

  /** DFA [head, source] by the plain definition, and the pre-activation, of features of a layer at a position. */
  function direct(layer: number, feature: number, position: number) {
    const state = attentionStates(transformer, tf.tensor2d([tokens], [1, length], 'int32'), layer)[layer];
    const loaded = saes.get(layer);
    if (!state || !loaded) throw new Error('unreachable: the layer is there');
    const byHead = headSourceAttribution({
      ...{ pattern: tf.squeeze(state.pattern, [0]), value: tf.squeeze(state.value, [0]) },
      reads: tf.gather(tf.transpose(loaded.tensors.wEnc), [feature]),
      positions: tf.tensor1d([position], 'int32'),
    }).dataSync();
    const pre = preActivations(loaded.sae, loaded.tensors, tf.reshape(state.z, [length, -1])).dataSync();
    return { byHead, pre: pre[position * loaded.sae.dSae + feature] ?? Number.NaN };
  }

  it('has recursive attributions that sum to the DFA of each head and source, and to the pre-activation', async () => {
    for (const layer of layers) {
      const targets = [
        { feature: 0, position: 8 },
        { feature: 7, position: 4 },
        { feature: 29, position: 0 },
      ];
      for (const { feature, position, terms, constant } of await recursiveAttribution(prompt, layer, targets)) {
        const { byHead, pre } = direct(layer, feature, position);
        const scale = Math.max(1, Math.abs(pre));
        expect(Math.abs(sum(terms.map((term) => term.attribution)) + constant - pre) / scale).toBeLessThan(tolerance);
        for (let at = 0; at < nHeads * length; at++) {
          const [head, source] = [Math.floor(at / length), at % length];
          const here = terms.filter((term) => term.source === source).map((term) => term.byHead[head] ?? Number.NaN);
          expect(Math.abs(sum(here) - (byHead[at] ?? Number.NaN)) / scale).toBeLessThan(tolerance);
        }
      }
    }
  });

  it('has no part of a learned position, nor of a bias, as the model has neither', async () => {
    const written = ['embedding', 'feature', 'error', 'decoder_bias', 'attention', 'mlp'];
    for (const layer of layers) {
      const [explained] = await recursiveAttribution(prompt, layer, [{ feature: 3, position: 8 }]);
      const kinds = new Set(explained?.terms.map(({ component }) => component.kind));
      expect(kinds).toContain('embedding');
      expect(written).toEqual(expect.arrayContaining([...kinds]));
      const edge = { layer, head: 1, destination: 8, source: 3 };
      const { query, key } = await scoreAttribution(prompt, edge);
      expect(written).toEqual(expect.arrayContaining([...query, ...key].map(({ kind }) => kind)));
    }
  });

  it('has pairs that sum to the pre-softmax scores of the plain float64 forward pass', async () => {
    for (const layer of [0, 1, 2]) {
      for (let head = 0; head < nHeads; head++) {
        const scores = plain.layers[layer]?.scores[head] ?? [];
        const scale = Math.max(...scores.flat().map(Math.abs));
        for (const [destination, source] of [
          [8, 0],
          [8, 3],
          [5, 5],
          [6, 2],
        ] as const) {
          const { pairs, query, key } = await scoreAttribution(prompt, { layer, head, destination, source });
          expect(pairs.length).toBe(query.length * key.length);
          const wanted = scores[destination]?.[source] ?? Number.NaN;
          expect(Math.abs(sum(pairs) - wanted) / scale).toBeLessThan(tolerance);
        }
      }
    }
  });
});
