import type * as tf from '@tensorflow/tfjs-core';
import { attentionOnRepeats, attentionScores } from '../core/head-attention.ts';
import type { Model } from '../core/model.ts';
import { attentionStates } from '../core/transformer.ts';
import { type Engine, intSpec, type Program } from '../engine/program.ts';
import { repeatedHalves } from '../training/induction.ts';
import { transformerOf, weightsThrough } from './programs.ts';

export interface HeadAttentionJob {
  readonly engine: Engine;
  readonly model: Model;
  readonly layers: readonly number[];
  /** Tokens of a context of the run. */
  readonly length: number;
  readonly seed: number;
}

/** A head's attention scores by name. */
export type HeadAttention = (layer: number, head: number) => ReadonlyMap<string, number>;

const rows = 16;

/** Attention of every head on random tokens said twice: one forward pass of 16 contexts through the last layer asked for. */
export async function measureHeadAttention({
  engine,
  model,
  layers,
  length,
  seed,
}: HeadAttentionJob): Promise<HeadAttention> {
  const { nHeads, bosTokenId, vocabSize } = model.config;
  const odd = length - ((length + 1) % 2);
  const executable = await engine.compile(repeatsProgram(model, layers, odd));
  const outputs = await executable.run({
    tokens: repeatedHalves({ rows, length: odd, bos: bosTokenId, vocabSize, seed }),
  });
  await executable.dispose();
  return (layer, head) =>
    new Map(attentionScores.map((name, i) => [name, outputs[`scores.${layer}`]?.data[i * nHeads + head] ?? 0]));
}

function repeatsProgram(model: Model, layers: readonly number[], length: number): Program {
  const last = Math.max(...layers);
  return {
    name: `attention on repeats to layer ${last}`,
    inputs: { tokens: intSpec(rows, length) },
    weights: weightsThrough(model, last),
    body({ tokens }, weights) {
      if (!tokens) throw new Error('attention on repeats needs tokens');
      const states = attentionStates(transformerOf(model, weights), tokens, last);
      const outputs: Record<string, tf.Tensor> = {};
      states.forEach(({ pattern }, layer) => {
        if (layers.includes(layer)) outputs[`scores.${layer}`] = attentionOnRepeats(pattern);
      });
      return outputs;
    },
  };
}
