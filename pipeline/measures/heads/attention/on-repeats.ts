import type * as tf from '@tensorflow/tfjs-core';
import { floatSpec } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { vocabularyOf } from '../../../model/vocabulary.ts';
import { addInto } from '../../../numbers/add-into.ts';
import { type IntTensor, int32 } from '../../../numbers/tensor.ts';
import { blockBatch } from '../../../record/pass-batch.ts';
import { repeatedHalves } from '../../studies/induction/maths/repeated-halves.ts';
import { chanceOf } from '../maths/chance.ts';
import { attentionOnRepeats, attentionScores } from '../maths/head-attention.ts';
import { repeatDesign } from '../maths/repeat-design.ts';
import type { HeadAttention, HeadAttentionJob } from './job.ts';
import { patternProgram } from './pattern-program.ts';

/** Sequences of random tokens and the same tokens again. */
const rows = 16;

/** Attention on random tokens repeated, whatever the run's contexts are; nothing where the model's are too short. */
export async function measureOnRepeats(job: Omit<HeadAttentionJob, 'sample'>): Promise<HeadAttention> {
  const tokens = repeatedRows(job.model, job.seed);
  return tokens ? attentionOnRows(job, tokens) : () => new Map();
}

/** The sequences that it is measured on, [row, 2n + 1]: BOS, n random tokens, the same n again. */
export function repeatedRows(model: Model, seed: number): IntTensor | undefined {
  const { bosTokenId, nContext } = model.config;
  const half = Math.floor((Math.min(repeatDesign.tokens, nContext) - 1) / 2);
  if (half < repeatDesign.leastHalf) return undefined;
  return repeatedHalves({ rows, length: 2 * half + 1, bos: bosTokenId, tokens: vocabularyOf(model), seed });
}

/**
 * attentionOnRepeats of every head of some layers, on given sequences of such a kind: the mean over passes of equally many
 * sequences each, as many as keep their patterns small.
 */
export async function attentionOnRows(
  { engine, model, layers }: Pick<HeadAttentionJob, 'engine' | 'model' | 'layers'>,
  tokens: IntTensor,
): Promise<HeadAttention> {
  const { config } = model;
  const columns = config.nHeads + 1;
  const [count, length] = [tokens.shape[0], tokens.shape[1]];
  const together = blockBatch(count, length, config, engine);
  const specs = { scores: floatSpec(attentionScores.length, columns) };
  const measure = (pattern: tf.Tensor) => ({ scores: attentionOnRepeats(pattern) });
  const run = await engine.compile(
    patternProgram('attention on repeats', model, layers, [together, length], { specs, measure }),
  );
  const sums = new Map(layers.map((layer) => [layer, new Float64Array(attentionScores.length * columns)]));
  for (let first = 0; first < count; first += together) {
    const part = int32([together, length], tokens.data.subarray(first * length, (first + together) * length));
    const outputs = await run({ tokens: part });
    for (const [layer, sum] of sums) addInto(sum, outputs.layers[layer].scores.data);
  }
  await run.dispose();
  return (layer, head) => {
    const sum = sums.get(layer) ?? [];
    const score = (i: number, column: number) => (sum[i * columns + column] * together) / count;
    return new Map(
      attentionScores.flatMap((name, i): [string, number][] => [
        [name, score(i, head)],
        [chanceOf(name), score(i, config.nHeads)],
      ]),
    );
  };
}
