import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../../../pipeline/files/model/model-dir.ts';
import { gpt2 } from '../../../../pipeline/model/families/gpt2.ts';
import { checkpointFrom } from '../../../../pipeline/model/family.ts';
import type { Edit, PassResult } from '../../../../site/explorer/protocol.ts';
import {
  add,
  type Block,
  foldNorm,
  foldValueBias,
  forward,
  type Matrix,
  matrixOf,
  plainModel,
  subtract,
  times,
} from '../../../run/processed-model.ts';
import { tinyIds as ids, openTiny } from './tiny-session.ts';

const [nLayers, nHeads, dHead] = [2, 2, 4];
const folds = [
  { folded: 'value_and_norm', fold: (block: Block) => foldValueBias(foldNorm(block)) },
  { folded: 'value', fold: foldValueBias },
] as const;

describe.each(folds)('an explorer of SAEs without the biases $folded', ({ folded, fold }) => {
  /** The session, and the same in float64: the unfolded model, and the processed one. */
  async function opened() {
    const { site, session } = await openTiny(['relu', 'relu'], undefined, folded);
    const { config, weights } = await loadModel(join(site.folder, '../model'));
    const plain = plainModel(checkpointFrom(gpt2, config, weights), nLayers, nHeads);
    return { site, session, plain, processed: { ...plain, blocks: plain.blocks.map(fold) } };
  }

  /** c of a layer. */
  const biasOf = (block: Block) =>
    folded === 'value' ? block.valueBias : add(block.valueBias, times(block.beta, block.value));

  function expectLogits({ predictions }: PassResult, wanted: Matrix): void {
    expect(predictions).toHaveLength(ids.length);
    for (const [t, row] of predictions.entries()) {
      expect(row).toHaveLength(10);
      for (const { tokenId, logit } of row) expect(logit).toBeCloseTo(wanted[t]?.[tokenId] ?? Number.NaN, 4);
    }
  }

  it('encodes z less c', async () => {
    const { site, session, processed } = await opened();
    const { layers } = await session.run({ ids, edits: [] });
    const traces = forward(processed, ids).layers;
    expect(layers.map(({ features }) => features.length > 0)).toEqual([true, true]);
    for (const { layer, features, positions, activations } of layers) {
      const sae = site.saes[layer];
      if (!sae) throw new Error('no sae');
      const bDec = sae.subtractDecoderBias ? [...sae.bDec.data] : [];
      const f = (traces[layer]?.z ?? []).map((z) =>
        add(times(subtract(z, bDec), matrixOf(sae.wEnc)), [...sae.bEnc.data]).map((pre) => Math.max(0, pre)),
      );
      expect(features.length).toBe(f.flat().filter((value) => value > 0).length);
      features.forEach((feature, i) => {
        expect(activations[i]).toBeCloseTo(f[positions[i] ?? 0]?.[feature] ?? Number.NaN, 4);
      });
    }
  });

  it('predicts what the unfolded model predicts, and with a head at zero what it does with that head at c', async () => {
    const { session, plain } = await opened();
    expectLogits(await session.run({ ids, edits: [] }), forward(plain, ids).logits);
    const zero: Edit = { kind: 'head', layer: 1, head: 1, position: null, action: 'zero' };
    const c = plain.blocks.map(biasOf)[1] ?? [];
    const edited = forward(plain, ids, (layer, z) =>
      layer === 1 ? z.map((row, t) => row.map((value, d) => (d >= dHead && t > 0 ? (c[d] ?? 0) : value))) : z,
    );
    expectLogits(await session.run({ ids, edits: [zero] }), edited.logits);
  });

  it('takes a feature apart into terms, c·W_O of the layer below among them', async () => {
    const { session } = await opened();
    const { layers } = await session.run({ ids, edits: [] });
    const upper = layers.find(({ layer }) => layer === 1);
    const target = { layer: 1, feature: upper?.features.at(-1) ?? 0, position: upper?.positions.at(-1) ?? 0 };
    const { terms, constant } = await session.decompose(ids, target, null, 0);
    const { preActivation } = await session.attribution(ids, target);
    expect(terms.reduce((sum, { attribution }) => sum + attribution, constant)).toBeCloseTo(preActivation, 4);
    const own = terms.filter(({ component }) => component.kind === 'folded_bias');
    expect(own).toHaveLength(target.position + 1);
    expect(own[0]?.component).toEqual({ kind: 'folded_bias', layer: 0, feature: null });
  });
});
