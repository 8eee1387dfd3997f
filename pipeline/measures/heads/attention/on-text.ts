import { int32 } from '../../../numbers/tensor.ts';
import { fittingBatch } from '../../../record/fitting-batch.ts';
import type { NumberedContext } from '../../../record/sample.ts';
import { chanceOf } from '../maths/chance.ts';
import { attentionOnText, textAttentionScores } from '../maths/text-attention.ts';
import type { HeadAttention, HeadAttentionJob } from './job.ts';
import { patternProgram } from './pattern-program.ts';

/** Contexts of a forward pass. */
const batch = 8;

/** Attention on a sample of the run's text. */
export async function measureOnText(job: Omit<HeadAttentionJob, 'seed'>): Promise<HeadAttention> {
  const { model, sample } = job;
  const { nHeads } = model.config;
  const rows = fittingBatch(Math.min(batch, sample.size), nHeads * sample.length ** 2);
  const contexts = [...sample];
  const whole = contexts.length - (contexts.length % rows);
  const totals = new Map<string, Float64Array>();
  await addTo(totals, job, contexts.slice(0, whole), rows);
  // What is left after the last full batch has a program of its own, so that it counts as well.
  await addTo(totals, job, contexts.slice(whole), contexts.length - whole);
  return (layer, head) => {
    const [sums, counts] = [totals.get(`sums.${layer}`), totals.get(`counts.${layer}`)];
    const mean = (i: number, column: number) => (sums?.[i * (nHeads + 1) + column] ?? 0) / (counts?.[i] ?? 0);
    return new Map(
      textAttentionScores.flatMap((name, i): [string, number][] =>
        (counts?.[i] ?? 0) > 0
          ? [
              [name, mean(i, head)],
              [chanceOf(name), mean(i, nHeads)],
            ]
          : [],
      ),
    );
  };
}

/** Adds the sums of some contexts, `rows` at a time. */
async function addTo(
  totals: Map<string, Float64Array>,
  { engine, model, layers, sample: { length } }: Omit<HeadAttentionJob, 'seed'>,
  contexts: readonly NumberedContext[],
  rows: number,
): Promise<void> {
  if (contexts.length === 0) return;
  const executable = await engine.compile(
    patternProgram('attention on text', model, layers, [rows, length], (pattern, tokens) => ({
      ...attentionOnText(pattern, tokens),
    })),
  );
  const tokens = int32([rows, length]);
  for (let first = 0; first < contexts.length; first += rows) {
    for (let row = 0; row < rows; row++) tokens.data.set(contexts[first + row]?.tokens ?? [], row * length);
    for (const [name, { data }] of Object.entries(await executable.run({ tokens }))) {
      const total = totals.get(name) ?? new Float64Array(data.length);
      totals.set(name, total);
      for (let i = 0; i < data.length; i++) total[i] = (total[i] ?? 0) + (data[i] ?? 0);
    }
  }
  await executable.dispose();
}
