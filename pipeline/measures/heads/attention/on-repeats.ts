import type * as tf from '@tensorflow/tfjs-core';
import { floatSpec } from '../../../engine/program.ts';
import { vocabularyOf } from '../../../model/vocabulary.ts';
import { repeatedHalves } from '../../studies/induction/maths/repeated-halves.ts';
import { chanceOf } from '../maths/chance.ts';
import { attentionOnRepeats, attentionScores } from '../maths/head-attention.ts';
import { repeatDesign } from '../maths/repeat-design.ts';
import type { HeadAttention, HeadAttentionJob } from './job.ts';
import { patternProgram } from './pattern-program.ts';

/** Sequences of random tokens said twice. */
const rows = 16;

/** Attention on random tokens said twice, whatever the run's contexts are; nothing where the model's are too short. */
export async function measureOnRepeats({
  engine,
  model,
  layers,
  seed,
}: Omit<HeadAttentionJob, 'sample'>): Promise<HeadAttention> {
  const { nHeads, bosTokenId, nContext } = model.config;
  const half = Math.floor((Math.min(repeatDesign.tokens, nContext) - 1) / 2);
  if (half < repeatDesign.leastHalf) return () => new Map();
  const length = 2 * half + 1;
  const specs = { scores: floatSpec(attentionScores.length, nHeads + 1) };
  const measure = (pattern: tf.Tensor) => ({ scores: attentionOnRepeats(pattern) });
  const run = await engine.compile(
    patternProgram('attention on repeats', model, layers, [rows, length], { specs, measure }),
  );
  const outputs = await run({
    tokens: repeatedHalves({ rows, length, bos: bosTokenId, tokens: vocabularyOf(model), seed }),
  });
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
