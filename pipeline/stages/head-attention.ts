import type * as tf from '@tensorflow/tfjs-core';
import { attentionOnRepeats, attentionScores } from '../core/head-attention.ts';
import type { Model } from '../core/model.ts';
import { int32 } from '../core/tensor.ts';
import { attentionOnText, textAttentionScores } from '../core/text-attention.ts';
import { attentionStates } from '../core/transformer.ts';
import { vocabularyOf } from '../core/vocabulary.ts';
import { type Engine, intSpec, type Program } from '../engine/program.ts';
import { repeatedHalves } from '../training/induction.ts';
import type { ContextFile } from './context-file.ts';
import { transformerOf, weightsThrough } from './programs.ts';
import { each } from './run-quality.ts';

export interface HeadAttentionJob {
  readonly engine: Engine;
  readonly model: Model;
  readonly layers: readonly number[];
  readonly contexts: ContextFile;
  readonly seed: number;
}

/** A head's attention scores by name. */
export type HeadAttention = (layer: number, head: number) => ReadonlyMap<string, number>;

/** Contexts of random tokens said twice. */
const rows = 16;
/** Contexts of text, and how many of them a forward pass takes. */
const textContexts = 128;
const textBatch = 8;

/**
 * Attention of every head on random tokens said twice and on contexts spread over the run's text: forward passes of 16
 * and of at most 128 contexts through the last layer asked for.
 */
export async function measureHeadAttention(job: HeadAttentionJob): Promise<HeadAttention> {
  const [repeats, text] = [await measureOnRepeats(job), await measureOnText(job)];
  return (layer, head) => new Map([...repeats(layer, head), ...text(layer, head)]);
}

async function measureOnRepeats({ engine, model, layers, contexts, seed }: HeadAttentionJob): Promise<HeadAttention> {
  const { nHeads, bosTokenId } = model.config;
  const odd = contexts.length - ((contexts.length + 1) % 2);
  const executable = await engine.compile(repeatsProgram(model, layers, odd));
  const outputs = await executable.run({
    tokens: repeatedHalves({ rows, length: odd, bos: bosTokenId, tokens: vocabularyOf(model), seed }),
  });
  await executable.dispose();
  return (layer, head) =>
    new Map(attentionScores.map((name, i) => [name, outputs[`scores.${layer}`]?.data[i * nHeads + head] ?? 0]));
}

async function measureOnText({ engine, model, layers, contexts }: HeadAttentionJob): Promise<HeadAttention> {
  const { nHeads } = model.config;
  const batch = Math.min(textBatch, contexts.count);
  const executable = await engine.compile(textProgram(model, layers, batch, contexts.length));
  const totals = new Map<string, Float64Array>();
  const tokens = int32([batch, contexts.length]);
  let filled = 0;
  // Contexts past the last whole batch are left out.
  for await (const context of each(contexts, Math.min(textContexts, contexts.count))) {
    tokens.data.set(context, filled * contexts.length);
    filled = (filled + 1) % batch;
    if (filled > 0) continue;
    for (const [name, { data }] of Object.entries(await executable.run({ tokens }))) {
      const total = totals.get(name) ?? new Float64Array(data.length);
      totals.set(name, total);
      for (let i = 0; i < data.length; i++) total[i] = (total[i] ?? 0) + (data[i] ?? 0);
    }
  }
  await executable.dispose();
  return (layer, head) => {
    const [sums, counts] = [totals.get(`sums.${layer}`), totals.get(`counts.${layer}`)];
    const mean = (i: number) => (sums?.[i * nHeads + head] ?? 0) / Math.max(1, counts?.[i] ?? 0);
    return new Map(textAttentionScores.map((name, i) => [name, mean(i)]));
  };
}

function repeatsProgram(model: Model, layers: readonly number[], length: number): Program {
  return patternProgram('attention on repeats', model, layers, [rows, length], (pattern) => ({
    scores: attentionOnRepeats(pattern),
  }));
}

function textProgram(model: Model, layers: readonly number[], batch: number, length: number): Program {
  return patternProgram('attention on text', model, layers, [batch, length], (pattern, tokens) => ({
    ...attentionOnText(pattern, tokens),
  }));
}

/** tokens of a shape → what a function makes of the pattern [batch, head, t, s] of each layer, as NAME.LAYER. */
function patternProgram(
  name: string,
  model: Model,
  layers: readonly number[],
  shape: readonly [batch: number, length: number],
  measure: (pattern: tf.Tensor, tokens: tf.Tensor) => Readonly<Record<string, tf.Tensor>>,
): Program {
  const last = Math.max(...layers);
  return {
    name: `${name} to layer ${last}`,
    inputs: { tokens: intSpec(...shape) },
    weights: weightsThrough(model, last),
    body({ tokens }, weights) {
      if (!tokens) throw new Error(`${name} needs tokens`);
      const states = attentionStates(transformerOf(model, weights), tokens, last);
      const measured = layers.flatMap((layer) => {
        const pattern = states[layer]?.pattern;
        if (!pattern) throw new Error(`layer ${layer} gave no pattern`);
        return Object.entries(measure(pattern, tokens)).map(([key, value]): [string, tf.Tensor] => [
          `${key}.${layer}`,
          value,
        ]);
      });
      return Object.fromEntries(measured);
    },
  };
}
