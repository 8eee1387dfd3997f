import type * as tf from '@tensorflow/tfjs-core';
import { floatSpec } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { vocabularyOf } from '../../../model/vocabulary.ts';
import type { IntTensor } from '../../../numbers/tensor.ts';
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

/** attentionOnRepeats of every head of some layers, on given sequences of such a kind. */
export async function attentionOnRows(
  { engine, model, layers }: Pick<HeadAttentionJob, 'engine' | 'model' | 'layers'>,
  tokens: IntTensor,
): Promise<HeadAttention> {
  const { nHeads } = model.config;
  const [count, length] = [tokens.shape[0], tokens.shape[1]];
  const specs = { scores: floatSpec(attentionScores.length, nHeads + 1) };
  const measure = (pattern: tf.Tensor) => ({ scores: attentionOnRepeats(pattern) });
  const run = await engine.compile(
    patternProgram('attention on repeats', model, layers, [count, length], { specs, measure }),
  );
  const outputs = await run({ tokens });
  await run.dispose();
  return (layer, head) => {
    const { data } = outputs.layers[layer].scores;
    const score = (i: number, column: number) => data[i * (nHeads + 1) + column];
    return new Map(
      attentionScores.flatMap((name, i): [string, number][] => [
        [name, score(i, head)],
        [chanceOf(name), score(i, nHeads)],
      ]),
    );
  };
}
