import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { headSourceAttribution } from '../../pipeline/attribution/attribution.ts';
import type { LoadedSaes } from '../../pipeline/attribution/recursion/frozen-pass.ts';
import {
  type AttributionTerm,
  type RecursiveAttribution,
  recursiveAttribution,
} from '../../pipeline/attribution/recursive-attribution.ts';
import { normScale } from '../../pipeline/model/norm.ts';
import { attentionStates, type Transformer } from '../../pipeline/model/transformer.ts';
import { inputNormalizations } from '../../pipeline/sae/input-normalization.ts';
import { preActivations, type Sae } from '../../pipeline/sae/sae.ts';
import { byHeads, readScale, siteInput, sites } from '../../pipeline/sae/site.ts';
import { equalSaes } from '../sae/equal-saes.ts';
import { freeze } from './recursion/freeze.ts';
import {
  activationKinds,
  hostWeights,
  loadAll,
  nested,
  tinyConfig,
  tinySaes,
  tinyTokens,
  tinyTransformer,
} from './recursion/tiny-prompt.ts';

const tolerance = 1e-4;
const length = tinyTokens.length;
const nHeads = 3;

/** DFA [head, source] of a feature at a position by the plain definition, and its pre-activation. */
function direct(transformer: Transformer, saes: LoadedSaes, layer: number, feature: number, position: number) {
  const states = attentionStates(transformer, tf.tensor2d([tinyTokens], [1, length], 'int32'), layer);
  const state = states[layer];
  const loaded = saes.get(layer);
  if (!state || !loaded) throw new Error('unreachable: the layer is there');
  const own = transformer.layer(layer);
  const { site } = loaded.sae;
  const byHead = headSourceAttribution({
    pattern: tf.squeeze(state.pattern, [0]),
    value: tf.squeeze(state.value, [0]),
    reads: byHeads(own, site, tf.gather(tf.transpose(loaded.tensors.wEnc), [feature])),
    positions: tf.tensor1d([position], 'int32'),
    inputScale: readScale(own, loaded.sae, () => tf.slice(tf.squeeze(state.z, [0]), [position, 0], [1, -1])),
  });
  const pre = preActivations(loaded.sae, loaded.tensors, tf.reshape(siteInput(own, site, state.z), [length, -1]));
  return { byHead: byHead.dataSync(), pre: pre.dataSync()[position * loaded.sae.dSae + feature] ?? Number.NaN };
}

const sum = (terms: readonly AttributionTerm[]) => terms.reduce((total, term) => total + term.attribution, 0);

async function explain(saes: LoadedSaes, layer: number, feature: number, position: number) {
  const { transformer, prompt } = await frozen(saes);
  const [explained] = await recursiveAttribution(prompt, layer, [{ feature, position }]);
  prompt.dispose();
  if (!explained) throw new Error('unreachable: one target was asked for');
  return { transformer, explained };
}

async function frozen(saes: LoadedSaes) {
  const transformer = await tinyTransformer();
  return { transformer, prompt: await freeze(transformer, saes, tinyTokens) };
}

const all = [0, 1, 2, 3];

describe('recursiveAttribution', () => {
  it.each(
    Object.entries(activationKinds).flatMap(([kind, activation]) => sites.map((site) => ({ kind, site, activation }))),
  )('sums to the pre-activation in every layer ($kind, $site)', async ({ site, activation }) => {
    const saes = tinySaes(all, activation, undefined, site);
    const { transformer, prompt } = await frozen(saes);
    const targets = [
      { feature: 0, position: 8 },
      { feature: 7, position: 4 },
      { feature: 29, position: 0 },
    ];
    for (const layer of all) {
      const explained = await recursiveAttribution(prompt, layer, targets);
      expect(explained).toHaveLength(targets.length);
      for (const { feature, position, terms, constant, outputBias } of explained) {
        const { pre } = direct(transformer, saes, layer, feature, position);
        expect(Math.abs(sum(terms) + constant + outputBias - pre)).toBeLessThan(tolerance);
        expect(outputBias === 0).toBe(site === 'z');
      }
    }
    prompt.dispose();
  });

  it.each(inputNormalizations.flatMap((how) => sites.map((site) => ({ how, site }))))(
    'sums to the pre-activation of SAEs that scale each position ($how, $site)',
    async ({ how, site }) => {
      const saes = tinySaes(all, { kind: 'relu' }, how, site);
      const { transformer, prompt } = await frozen(saes);
      for (const layer of all) {
        const target = { feature: 7, position: 8 };
        const [, explained] = await recursiveAttribution(prompt, layer, [{ feature: 2, position: 3 }, target]);
        const { byHead, pre } = direct(transformer, saes, layer, target.feature, target.position);
        const total = sum(explained?.terms ?? []);
        const constants = (explained?.constant ?? Number.NaN) + (explained?.outputBias ?? Number.NaN);
        expect(Math.abs(total + constants - pre)).toBeLessThan(tolerance);
        expect(Math.abs(total - Array.from(byHead).reduce((a, b) => a + b, 0))).toBeLessThan(tolerance);
      }
      prompt.dispose();
    },
  );

  it.each([undefined, 'layer_norm'] as const)('sums to the DFA of each head and source (%s)', async (how) => {
    const saes = tinySaes(all, { kind: 'relu' }, how);
    const { transformer, explained } = await explain(saes, 3, 11, 6);
    const { byHead } = direct(transformer, saes, 3, 11, 6);
    for (let head = 0; head < nHeads; head++) {
      for (let source = 0; source < length; source++) {
        const here = explained.terms.filter((term) => term.source === source);
        const total = here.reduce((value, term) => value + (term.byHead[head] ?? 0), 0);
        expect(Math.abs(total - (byHead[head * length + source] ?? Number.NaN))).toBeLessThan(tolerance);
      }
    }
  });

  it('is that of equal SAEs of z where SAEs read the attention output, biases and errors aside', async () => {
    const transformer = await tinyTransformer();
    const model = { config: tinyConfig, weights: await hostWeights(transformer) };
    const pairs = all.map((layer) => equalSaes(model, layer, 30));
    const explainedBy = async (saes: readonly Sae[]) => {
      const prompt = await freeze(transformer, loadAll(saes), tinyTokens);
      const [explained] = await recursiveAttribution(prompt, 3, [{ feature: 4, position: 7 }]);
      prompt.dispose();
      if (!explained) throw new Error('unreachable: one target was asked for');
      return explained;
    };
    const [before, after] = [
      await explainedBy(pairs.map(({ z }) => z)),
      await explainedBy(pairs.map(({ output }) => output)),
    ];
    const sumOf = ({ terms }: RecursiveAttribution, kinds: readonly string[], layer: number | null) =>
      sum(terms.filter(({ component }) => kinds.includes(component.kind) && component.layer === layer));
    for (const layer of [0, 1, 2]) {
      for (const kinds of [['feature'], ['mlp'], ['error'], ['decoder_bias', 'output_bias']]) {
        expect(sumOf(after, kinds, layer), `${kinds} ${layer}`).toBeCloseTo(sumOf(before, kinds, layer), 4);
      }
    }
    expect(after.terms.some(({ component }) => component.kind === 'output_bias')).toBe(false);
    expect(after.constant + after.outputBias).toBeCloseTo(before.constant, 4);
  });

  it('keeps the attention output of a layer without an SAE whole, and still sums', async () => {
    const saes = tinySaes([1, 3]);
    const { transformer, explained } = await explain(saes, 3, 2, 7);
    const kinds = new Set(explained.terms.map(({ component }) => `${component.kind}.${component.layer}`));
    expect(kinds).toContain('attention.0');
    expect(kinds).toContain('attention.2');
    expect(kinds).not.toContain('error.0');
    expect(kinds).toContain('error.1');
    const { pre } = direct(transformer, saes, 3, 2, 7);
    expect(Math.abs(sum(explained.terms) + explained.constant - pre)).toBeLessThan(tolerance);
  });

  it('gives each term as the definition has it, by finite change of a component', async () => {
    const saes = tinySaes(all);
    const { transformer, explained } = await explain(saes, 1, 4, 5);
    const tokens = tf.tensor2d([tinyTokens], [1, length], 'int32');
    const residual = transformer.embed(tokens);
    const [state] = attentionStates(transformer, tokens, 0);
    if (!state) throw new Error('unreachable: layer 0 is there');
    const { mlp, next: entering } = transformer.layer(0).finish(residual, state.z);
    const scale = normScale(transformer.layer(1).attentionNorm, entering);
    const norm = transformer.layer(1).attentionNorm;
    const normed = tf.mul(tf.div(tf.sub(mlp, tf.mean(mlp, -1, true)), scale), norm.gain);
    const { value } = transformer.layer(1).maps;
    const read = nested(
      tf.matMul(tf.reshape(normed, [length, -1]) as tf.Tensor2D, value.weight as tf.Tensor2D),
      tf.Rank.R2,
    );
    const pattern = nested(attentionStates(transformer, tokens, 1)[1]?.pattern, tf.Rank.R4);
    const wEnc = saes.get(1)?.sae.wEnc.data ?? new Float32Array();
    const mlpTerms = explained.terms.filter(({ component }) => component.kind === 'mlp');
    expect(mlpTerms).toHaveLength(6);
    for (const term of mlpTerms) {
      for (let head = 0; head < nHeads; head++) {
        let dot = 0;
        for (let d = head * 4; d < head * 4 + 4; d++) dot += (read[term.source]?.[d] ?? 0) * (wEnc[d * 30 + 4] ?? 0);
        expect(term.byHead[head]).toBeCloseTo((pattern[0]?.[head]?.[5]?.[term.source] ?? 0) * dot, 4);
      }
    }
  });

  it('reads nothing after the position explained', async () => {
    const { explained } = await explain(tinySaes(all), 2, 3, 2);
    expect(Math.max(...explained.terms.map(({ source }) => source))).toBe(2);
  });
});
