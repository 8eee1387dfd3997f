import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { scoreAttribution } from '../../../pipeline/attribution/recursion/score-attribution.ts';
import { wholeContext } from '../../../pipeline/model/rotary.ts';
import { attentionStates, type Transformer } from '../../../pipeline/model/transformer.ts';
import { freeze } from './freeze.ts';
import { activationKinds, nested, tinySaes, tinyTokens, tinyTransformer } from './tiny-prompt.ts';

const length = tinyTokens.length;

/** The attention that a head pays by the plain forward pass. */
function patternOf(transformer: Transformer, layer: number, head: number): number[][] {
  const states = attentionStates(transformer, tf.tensor2d([tinyTokens], [1, length], 'int32'), layer);
  return nested(states[layer]?.pattern, tf.Rank.R4)[0]?.[head] ?? [];
}

const total = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0);

describe('scoreAttribution', () => {
  it.each(Object.entries(activationKinds))(
    'has pairs whose sums give the attention pattern (%s)',
    async (_, activation) => {
      const transformer = await tinyTransformer();
      const prompt = await freeze(transformer, tinySaes([0, 1, 2, 3], activation), tinyTokens);
      for (const [layer, head, destination] of [
        [0, 1, 8],
        [2, 0, 3],
        [3, 2, 7],
      ] as const) {
        const scores: number[] = [];
        for (let source = 0; source <= destination; source++) {
          scores.push(total((await scoreAttribution(prompt, { layer, head, destination, source })).pairs));
        }
        const sum = scores.reduce((all, score) => all + Math.exp(score), 0);
        const wanted = patternOf(transformer, layer, head)[destination] ?? [];
        scores.forEach((score, source) => {
          expect(Math.abs(Math.log(wanted[source] ?? 0) - (score - Math.log(sum)))).toBeLessThan(1e-4);
        });
      }
    },
  );

  it('sums to the pre-softmax score itself', async () => {
    const transformer = await tinyTransformer();
    const prompt = await freeze(transformer, tinySaes([0, 2]), tinyTokens);
    const residual = transformer.embed(tf.tensor2d([tinyTokens], [1, length], 'int32'));
    const { query, key } = transformer.layer(0).queryKeyValue(residual, wholeContext(length));
    const scores = nested(tf.matMul(query, key, false, true), tf.Rank.R4);
    const { pairs } = await scoreAttribution(prompt, { layer: 0, head: 2, destination: 6, source: 4 });
    expect(Math.abs(total(pairs) - (scores[0]?.[2]?.[6]?.[4] ?? Number.NaN))).toBeLessThan(1e-4);
  });

  it('names the components of both sides, each row and column of the pairs', async () => {
    const prompt = await freeze(await tinyTransformer(), tinySaes([0, 2]), tinyTokens);
    const { query, key, pairs } = await scoreAttribution(prompt, { layer: 2, head: 0, destination: 5, source: 1 });
    expect(pairs.length).toBe(query.length * key.length);
    const { features, sources } = prompt.active.get(0) ?? { features: [], sources: [] };
    const activeAt = (position: number) => [...features].filter((_, row) => sources[row] === position);
    const named = (side: typeof query) => side.filter(({ kind }) => kind === 'feature').map(({ feature }) => feature);
    expect(named(query)).toEqual(activeAt(5));
    expect(named(key)).toEqual(activeAt(1));
    const others = ['embedding', 'position', 'error', 'decoder_bias', 'output_bias', 'mlp', 'attention', 'mlp'];
    const dense = query.filter(({ kind }) => kind !== 'feature').map(({ kind }) => kind);
    expect(dense).toEqual([...others, 'query_bias']);
    expect(key.at(-1)?.kind).toBe('key_bias');
  });
});
