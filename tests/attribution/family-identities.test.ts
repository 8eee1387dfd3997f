import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headSourceAttribution } from '../../pipeline/attribution/attribution.ts';
import {
  headLogitAttribution,
  headReading,
  logitDirection,
  unembeddingDifference,
} from '../../pipeline/attribution/direct-logit-attribution.ts';
import type { LoadedSaes } from '../../pipeline/attribution/recursion/frozen-pass.ts';
import type { FrozenPrompt } from '../../pipeline/attribution/recursion/frozen-prompt.ts';
import { scoreAttribution } from '../../pipeline/attribution/recursion/score-attribution.ts';
import { recursiveAttribution } from '../../pipeline/attribution/recursive-attribution.ts';
import { logitOf } from '../../pipeline/measures/studies/ioi/maths/readout.ts';
import { featureWiring } from '../../pipeline/measures/wiring/maths/feature-wiring.ts';
import { wholeContext } from '../../pipeline/model/rotary.ts';
import { runTail } from '../../pipeline/model/tail.ts';
import { runLayers, type Transformer } from '../../pipeline/model/transformer.ts';
import { preActivations } from '../../pipeline/sae/sae.ts';
import { byHeads, readScale, siteInput, sites } from '../../pipeline/sae/site.ts';
import { expectedOf, familyCases } from '../model/family-cases.ts';
import { familyDSae, familySaes, familyTransformer } from './family-prompt.ts';
import { freeze } from './recursion/freeze.ts';
import { nested } from './recursion/tiny-prompt.ts';

const tolerance = 1e-4;
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

describe.each(familyCases.flatMap((name) => sites.map((site) => ({ name, site }))))('$name, SAEs of $site', (given) => {
  let transformer: Transformer;
  let tokens: readonly number[];
  let saes: LoadedSaes;
  let prompt: FrozenPrompt;

  beforeAll(async () => {
    transformer = await familyTransformer(given.name);
    saes = familySaes(transformer.config, given.site);
    ({ tokens } = await expectedOf(given.name));
    prompt = await freeze(transformer, saes, tokens);
  });
  afterAll(() => prompt?.dispose());

  const embedded = () => transformer.embed(tf.tensor2d([[...tokens]], undefined, 'int32'));
  /** The last position of a stream: [row, dModel]. */
  const last = (stream: tf.Tensor) => tf.squeeze(tf.slice(stream, [0, tokens.length - 1, 0], [-1, 1, -1]), [1]);
  const difference = () => unembeddingDifference(transformer, tf.tensor1d([7], 'int32'), tf.tensor1d([3], 'int32'));

  /** What a layer reads and computes of the prompt by the plain forward pass. */
  function passOf(layer: number) {
    const seen: { residual: tf.Tensor; pattern: tf.Tensor; value: tf.Tensor; z: tf.Tensor }[] = [];
    runLayers(transformer, embedded(), { visit: ({ residual, state }) => void seen.push({ residual, ...state }) });
    const own = seen[layer];
    if (!own) throw new Error('unreachable: the layer is there');
    return own;
  }

  it('has recursive attributions that sum to the DFA and, with their constants, to the pre-activation', async () => {
    expect(saes.size).toBeGreaterThan(1);
    for (const [layer, { sae, tensors }] of saes) {
      const [feature, position] = [5, tokens.length - 1];
      const own = transformer.layer(layer);
      const { pattern, value, z } = passOf(layer);
      const rows = tf.squeeze(z, [0]);
      const dfa = headSourceAttribution({
        ...{ pattern: tf.squeeze(pattern, [0]), value: tf.squeeze(value, [0]) },
        reads: byHeads(own, sae.site, tf.gather(tf.transpose(tensors.wEnc), [feature])),
        positions: tf.tensor1d([position], 'int32'),
        inputScale: readScale(own, sae, () => tf.slice(rows, [position, 0], [1, -1])),
      }).dataSync();
      const pre = preActivations(sae, tensors, siteInput(own, sae.site, rows)).dataSync()[
        position * familyDSae + feature
      ];
      const [explained] = await recursiveAttribution(prompt, layer, [{ feature, position }]);
      const terms = explained?.terms ?? [];
      const total = sum(terms.map(({ attribution }) => attribution));
      const scale = Math.max(1, ...terms.map(({ attribution }) => Math.abs(attribution)));
      expect(Math.abs(total - sum(dfa)) / scale).toBeLessThan(tolerance);
      const constants = (explained?.constant ?? Number.NaN) + (explained?.outputBias ?? Number.NaN);
      expect(Math.abs(total + constants - (pre ?? Number.NaN)) / scale).toBeLessThan(tolerance);
      if (layer > 0) expect(terms.filter(({ component }) => component.kind === 'feature').length).toBeGreaterThan(0);
    }
  });

  it('has wiring that is each head’s contribution of a feature, but for attention and one scale of the norms', async () => {
    let compared = 0;
    for (const [layer, { sae, tensors }] of saes) {
      const position = tokens.length - 1;
      const encoder = tf.gather(tf.transpose(tensors.wEnc), [5]);
      const reads = byHeads(transformer.layer(layer), sae.site, encoder);
      const pattern = nested(passOf(layer).pattern, tf.Rank.R4)[0];
      const [explained] = await recursiveAttribution(prompt, layer, [{ feature: 5, position }]);
      for (const { component, source, byHead } of explained.terms) {
        const { kind, layer: from, feature: upstream } = component;
        if (kind !== 'feature' || from === null || upstream === null) continue;
        const lower = saes.get(from);
        if (!lower) throw new Error('unreachable: a feature is of an SAE');
        const place = { layer: from, site: lower.sae.site, wDec: lower.tensors.wDec };
        const [wired] = nested(featureWiring(transformer, layer, reads, place), tf.Rank.R3);
        const expected = Array.from(byHead, (_, head) => pattern[head][position][source] * wired[head][upstream]);
        const square = sum(expected.map((value) => value * value));
        if (square === 0) {
          // Outside of the layer's window.
          expect(Math.max(...byHead.map(Math.abs))).toBe(0);
          continue;
        }
        const scale = sum(expected.map((value, head) => value * byHead[head])) / square;
        expect(scale).toBeGreaterThan(0);
        const largest = Math.max(...byHead.map(Math.abs));
        for (const [head, value] of expected.entries())
          expect(Math.abs(scale * value - byHead[head])).toBeLessThan(tolerance * largest);
        if (++compared > 40) return;
      }
    }
    expect(compared).toBeGreaterThan(3);
  });

  it('has score attributions that sum to q·k before its cap, and the cap’s slope', async () => {
    const { nHeads, nLayers, attentionSoftcap } = transformer.config;
    const [layer, head, destination, source] = [nLayers - 1, nHeads - 1, tokens.length - 1, tokens.length - 3];
    const { query, key } = transformer.layer(layer).queryKeyValue(passOf(layer).residual, wholeContext(tokens.length));
    const scores = nested(tf.matMul(query, key, false, true), tf.Rank.R4);
    const score = scores[0]?.[head]?.[destination]?.[source] ?? Number.NaN;
    const { pairs, slope } = await scoreAttribution(prompt, { layer, head, destination, source });
    const scale = Math.max(1, ...[...pairs].map(Math.abs));
    expect(Math.abs(sum(pairs) - score) / scale).toBeLessThan(tolerance);
    const cap = attentionSoftcap;
    const step = 1e-3;
    const capped = (x: number) => (cap === null ? x : cap * Math.tanh(x / cap));
    expect(Math.abs(slope - (capped(score + step) - capped(score - step)) / (2 * step))).toBeLessThan(1e-3);
  });

  it('has a logit difference that the residual stream and its heads read directly, before the logits’ cap', () => {
    const stream = runLayers(transformer, embedded());
    const { direction, bias } = logitDirection(transformer, last(stream), difference());
    const capped = transformer.unembed(last(stream)).dataSync();
    const cap = transformer.config.logitSoftcap;
    const uncapped = (id: number) =>
      cap === null ? (capped[id] ?? 0) : cap * Math.atanh((capped[id] ?? Number.NaN) / cap);
    const read = tf.add(tf.sum(tf.mul(last(stream), direction)), bias).dataSync()[0] ?? Number.NaN;
    expect(read).toBeCloseTo(uncapped(7) - uncapped(3), 3);
    for (let layer = 0; layer < transformer.config.nLayers; layer++) {
      const own = transformer.layer(layer);
      const z = last(passOf(layer).z);
      const { bias: written } = own.output;
      const whole = tf.sum(tf.mul(own.attentionOutput(z), direction)).dataSync()[0] ?? Number.NaN;
      const heads = sum(headLogitAttribution(transformer, layer, z, direction).dataSync());
      const ofBias = written ? (tf.sum(tf.mul(written, direction)).dataSync()[0] ?? Number.NaN) : 0;
      expect(heads + ofBias).toBeCloseTo(whole, 3);
      expect(headReading(own, z, direction).shape).toEqual(z.shape);
    }
  });

  it('has tails that are the whole prompt’s forward pass, z changed at one position', () => {
    const { nLayers, nHeads, dHead } = transformer.config;
    const [length, tail, dIn] = [tokens.length, 5, nHeads * dHead];
    const start = length - tail;
    const where = tf.tensor3d([0, 0, 0, 0, 1], [1, tail, 1]);
    const change = tf.randomNormal([1, 1, dIn], 0, 1, 'float32', 4);
    const whole = runLayers(transformer, embedded(), {
      edit: ({ layer, residual, z }) => {
        const here = tf.pad(where, [
          [0, 0],
          [start, 0],
          [0, 0],
        ]);
        return { residual, z: layer === 0 ? tf.add(z, tf.mul(here, change)) : z };
      },
    });
    const mask = Array.from({ length: tail }, (_, t) =>
      Array.from({ length: length + tail }, (_, j) => (j < start || (j >= length && j <= length + t) ? 0 : -1e9)),
    );
    const memories = Array.from({ length: nLayers }, (_, layer) =>
      transformer.layer(layer).queryKeyValue(passOf(layer).residual, wholeContext(length)),
    );
    const { residual } = runTail(transformer, 0, {
      residual: tf.slice(passOf(0).residual, [0, start, 0], [1, tail, -1]),
      mask: tf.tensor2d(mask),
      where,
      positions: { first: start, length: tail },
      memory: (layer) => memories[layer] ?? raise(),
      change: (layer) => (layer === 0 ? change : tf.zeros([1, 1, dIn])),
    });
    const [found, unchanged] = [residual, last(runLayers(transformer, embedded()))].map(
      (x) => logitOf(transformer, x, difference()).dataSync()[0] ?? Number.NaN,
    );
    expect(found).toBeCloseTo(logitOf(transformer, last(whole), difference()).dataSync()[0] ?? Number.NaN, 3);
    expect(Math.abs((found ?? 0) - (unchanged ?? 0))).toBeGreaterThan(1e-3);
  });
});

function raise(): never {
  throw new Error('unreachable: every layer is there');
}
