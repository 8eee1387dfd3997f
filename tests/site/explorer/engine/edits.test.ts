import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { logits, Transformer } from '../../../../pipeline/model/transformer.ts';
import type { FloatTensor } from '../../../../pipeline/numbers/tensor.ts';
import { inputScaleOf } from '../../../../pipeline/sae/input-normalization.ts';
import { encode, saeTensors, saeWeights } from '../../../../pipeline/sae/sae.ts';
import type { Edit, ExplorerSession, LayerFeatures, PassResult } from '../../../../site/explorer/protocol.ts';
import { tinyIds as ids, openTiny } from './tiny-session.ts';
import { type TinySite, tinyMean, tinyMeanZ } from './tiny-site.ts';

const kinds = ['relu', 'jumprelu', 'topk'] as const;
const [dIn, nHeads, layer, length] = [8, 2, 1, ids.length];

const run = (session: ExplorerSession, ...edits: Edit[]) => session.run({ ids, edits });

const onBackend = ({ data, shape }: FloatTensor) => tf.tensor(data, [...shape]);
const loaded = (tensors: Readonly<Record<string, FloatTensor>>) =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, onBackend(tensor)]));

/** The model's own logits after each position, z of the layer changed by hand. */
async function logitsByHand({ model, saes }: TinySite, change: (z: number[][], f: number[][]) => number[][]) {
  const transformer = new Transformer(model.config, loaded(model.weights));
  const [sae] = saes.filter((candidate) => candidate.layer === layer);
  if (!sae) throw new Error('the layer has an SAE');
  const edit = (z: tf.Tensor, at: number) => {
    if (at !== layer) return z;
    const rows = tf.reshape<tf.Rank.R2>(z, [length, dIn]);
    const f = encode(sae, saeTensors(sae, loaded(saeWeights(sae))), rows) as tf.Tensor2D;
    return tf.tensor3d([change(rows.arraySync(), f.arraySync())]);
  };
  const out = logits(transformer, tf.tensor2d(ids, [1, length], 'int32'), edit);
  return tf.squeeze<tf.Tensor2D>(out, [0]).arraySync();
}

function expectLogits({ predictions }: PassResult, expected: readonly (readonly number[])[]): void {
  expect(predictions).toHaveLength(length);
  for (const [position, row] of predictions.entries()) {
    expect(row).toHaveLength(10);
    for (const { tokenId, logit } of row) expect(logit).toBeCloseTo(expected[position]?.[tokenId] ?? Number.NaN, 4);
  }
}

const layerOf = ({ layers }: PassResult, wanted: number): LayerFeatures => {
  const found = layers.find((candidate) => candidate.layer === wanted);
  if (!found) throw new Error(`no layer ${wanted}`);
  return found;
};

/** The feature of the layer that is most active, and where. */
function strongest(result: PassResult) {
  const { features, positions, activations } = layerOf(result, layer);
  const at = activations.reduce((best, value, i) => (value > (activations[best] ?? 0) && positions[i] ? i : best), 0);
  return { feature: features[at] ?? 0, position: positions[at] ?? 0, activation: activations[at] ?? 0 };
}

describe('edits', () => {
  it('leave the model’s own predictions where there are none', async () => {
    const { site, session } = await openTiny(kinds);
    expectLogits(await run(session), await logitsByHand(site, (z) => z));
  });

  it.each([
    { kind: 'feature', feature: 3, action: 'scale', factor: 1 },
    { kind: 'head', head: 1, action: 'scale', factor: 1 },
  ] as const)('of factor 1 change nothing ($kind)', async (edit) => {
    const { session } = await openTiny(kinds);
    const [plain, edited] = [await run(session), await run(session, { ...edit, layer, position: null })];
    expect({ ...edited, elapsedMs: 0 }).toEqual({ ...plain, elapsedMs: 0 });
  });

  it.each([[kinds], [['relu', 'layer_norm', 'topk']], [['relu', 'constant_norm_rescale', 'gated']]] as const)(
    'that silence a feature take its part out of z, and keep the SAE’s error (%s)',
    async (each) => {
      const { site, session } = await openTiny(each);
      const { feature, position } = strongest(await run(session));
      const row = site.saes[layer]?.wDec.data.subarray(feature * dIn, (feature + 1) * dIn) ?? [];
      const back = (z: readonly number[]) => inputScaleOf(site.saes[layer]?.normalization, Float32Array.from(z)).back;
      const without = (only: number | null) =>
        logitsByHand(site, (z, f) =>
          z.map((values, t) =>
            values.map((value, d) =>
              t === (only ?? t) && t > 0 ? value - back(values) * (f[t]?.[feature] ?? 0) * (row[d] ?? 0) : value,
            ),
          ),
        );
      for (const where of [position, null]) {
        const edited = await run(session, { kind: 'feature', action: 'zero', layer, feature, position: where });
        expectLogits(edited, await without(where));
        const along = await session.activations(
          { ids, edits: [{ kind: 'feature', action: 'zero', layer, feature, position: where }] },
          layer,
          feature,
        );
        expect(along[position]).toBe(0);
      }
    },
  );

  it('change what the features of later layers do, and nothing of earlier ones', async () => {
    const { session } = await openTiny(kinds);
    const plain = await run(session);
    const { feature, position } = strongest(plain);
    const edited = await run(session, { kind: 'feature', action: 'scale', factor: 4, layer, feature, position });
    expect(layerOf(edited, 0)).toEqual(layerOf(plain, 0));
    expect(layerOf(edited, 2)).not.toEqual(layerOf(plain, 2));
    expect(strongest(edited)).toMatchObject({ feature, position, activation: 4 * strongest(plain).activation });
    expect(edited.predictions.slice(0, position)).toEqual(plain.predictions.slice(0, position));
    expect(edited.predictions[position]).not.toEqual(plain.predictions[position]);
  });

  it('put a feature’s mean in its place everywhere but at the beginning of the sequence', async () => {
    const { session } = await openTiny(kinds);
    const edits: Edit[] = [{ kind: 'feature', action: 'mean', layer, feature: 7, position: null }];
    const before = await session.activations({ ids, edits: [] }, layer, 7);
    const after = await session.activations({ ids, edits }, layer, 7);
    expect([...after]).toEqual([before[0], ...Array<number>(length - 1).fill(tinyMean)]);
  });

  it.each([
    { action: 'zero', of: () => 0 },
    { action: 'mean', of: (d: number) => tinyMeanZ[d] ?? 0 },
    { action: 'scale', factor: -2, of: (_d: number, value: number) => -2 * value },
  ] as const)('change a head’s slice of z alone ($action)', async ({ of, ...change }) => {
    const { site, session } = await openTiny(kinds);
    const [head, dHead] = [1, dIn / nHeads];
    const expected = await logitsByHand(site, (z) =>
      z.map((values, t) => values.map((value, d) => (t > 0 && Math.floor(d / dHead) === head ? of(d, value) : value))),
    );
    expectLogits(await run(session, { kind: 'head', ...change, layer, head, position: null }), expected);
  });

  it('count the later of two of the same thing', async () => {
    const { session } = await openTiny(kinds);
    const { feature } = strongest(await run(session));
    const edit = { kind: 'feature', layer, feature, position: null } as const;
    const both = await run(session, { ...edit, action: 'zero' }, { ...edit, action: 'scale', factor: 2 });
    const one = await run(session, { ...edit, action: 'scale', factor: 2 });
    expect(both.predictions).toEqual(one.predictions);
  });

  it('leave every token a prediction, listed or not, which sum to one', async () => {
    const { session, info } = await openTiny(kinds);
    const edits: Edit[] = [{ kind: 'head', action: 'zero', layer, head: 0, position: null }];
    const position = length - 1;
    const all = await session.predict({ ids, edits }, position, [...Array(info.vocabSize).keys()]);
    expect(all.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    const { predictions } = await run(session, ...edits);
    for (const listed of predictions[position] ?? []) {
      const asked = all[listed.tokenId];
      expect(asked).toMatchObject({ tokenId: listed.tokenId, text: listed.text });
      expect(asked?.logit).toBeCloseTo(listed.logit, 5);
      expect(asked?.probability).toBeCloseTo(listed.probability, 6);
    }
  });

  it('of which more is asked are run again where others took their place', async () => {
    const { session } = await openTiny(kinds);
    const before = await session.predict({ ids, edits: [] }, 2, [104]);
    for (let id = 97; id < 105; id++) await session.run({ ids: [...ids, id], edits: [] });
    expect(await session.predict({ ids, edits: [] }, 2, [104])).toEqual(before);
  });

  it('have no predictions of what is not there', async () => {
    const { session } = await openTiny(kinds);
    await expect(session.predict({ ids, edits: [] }, length, [1])).rejects.toThrow(`unknown position: ${length}`);
    await expect(session.predict({ ids, edits: [] }, 0, [99_999])).rejects.toThrow('unknown token id: 99999');
  });

  it.each([
    { kind: 'feature', action: 'scale', factor: 1e308 },
    { kind: 'feature', action: 'scale', factor: 1e30 },
    { kind: 'feature', action: 'add', amount: -1e308 },
  ] as const)('that overflow are refused, and leave nothing on the backend ($action)', async (change) => {
    const { session } = await openTiny(kinds);
    const { feature, position } = strongest(await run(session));
    const edit = { ...change, layer, feature, position };
    const refused = () =>
      expect(run(session, edit)).rejects.toThrow(/^the pass overflowed: its figures at position \d+ are not finite/);
    await refused();
    const { numTensors } = tf.memory();
    await refused();
    expect(tf.memory().numTensors).toBe(numTensors);
    const settings = { tokenCount: 1, temperature: 0, seed: 0 };
    await expect(session.generate({ ids, edits: [{ ...edit, position: null }] }, settings, () => true)).rejects.toThrow(
      /^the pass overflowed/,
    );
  });

  it('of what is not there are refused', async () => {
    const { session } = await openTiny(['relu', null]);
    const edit = { kind: 'feature', action: 'zero', position: null } as const;
    await expect(run(session, { ...edit, layer: 1, feature: 0 })).rejects.toThrow('layer 1 has no SAE');
    await expect(run(session, { ...edit, layer: 0, feature: 24 })).rejects.toThrow('unknown feature of layer 0: 24');
    await expect(run(session, { ...edit, layer: 0, feature: 0, position: 9 })).rejects.toThrow('unknown position: 9');
  });
});
