import { floatSpec } from '../../../engine/program.ts';
import { addInto } from '../../../numbers/add-into.ts';
import { int32 } from '../../../numbers/tensor.ts';
import { fittingBatch } from '../../../record/fitting-batch.ts';
import { blockBatch } from '../../../record/pass-batch.ts';
import type { NumberedContext } from '../../../record/sample.ts';
import { chanceOf } from '../maths/chance.ts';
import { attentionOnText, textAttentionScores } from '../maths/text-attention.ts';
import type { HeadAttention, HeadAttentionJob } from './job.ts';
import { patternProgram } from './pattern-program.ts';

/** Contexts of a forward pass at most. */
const batch = 8;

/** Attention on a sample of the run's text. */
export async function measureOnText(job: Omit<HeadAttentionJob, 'seed'>): Promise<HeadAttention> {
  const { engine, model, sample } = job;
  const { nHeads } = model.config;
  const fitting = fittingBatch(Math.min(batch, sample.size), nHeads * sample.length ** 2);
  const rows = blockBatch(fitting, sample.length, model.config, engine);
  const contexts = [...sample];
  const whole = contexts.length - (contexts.length % rows);
  const scores = textAttentionScores.length;
  const totals: Totals = new Map(
    job.layers.map((layer) => [
      layer,
      { sums: new Float64Array(scores * (nHeads + 1)), counts: new Float64Array(scores) },
    ]),
  );
  await addTo(totals, job, contexts.slice(0, whole), rows);
  // What is left after the last full batch has a program of its own, so that it counts as well.
  await addTo(totals, job, contexts.slice(whole), contexts.length - whole);
  return (layer, head) => {
    const { sums, counts } = totals.get(layer) ?? { sums: [], counts: [] };
    const mean = (i: number, column: number) => sums[i * (nHeads + 1) + column] / counts[i];
    return new Map(
      textAttentionScores.flatMap((name, i): [string, number][] =>
        counts[i] > 0
          ? [
              [name, mean(i, head)],
              [chanceOf(name), mean(i, nHeads)],
            ]
          : [],
      ),
    );
  };
}

/** By layer: what attentionOnText sums, over all contexts. */
type Totals = Map<number, { readonly sums: Float64Array; readonly counts: Float64Array }>;

/** Adds the sums of some contexts, `rows` at a time. */
async function addTo(
  totals: Totals,
  { engine, model, layers, sample: { length } }: Omit<HeadAttentionJob, 'seed'>,
  contexts: readonly NumberedContext[],
  rows: number,
): Promise<void> {
  if (contexts.length === 0) return;
  const scores = textAttentionScores.length;
  const specs = { sums: floatSpec(scores, model.config.nHeads + 1), counts: floatSpec(scores) };
  const run = await engine.compile(
    patternProgram('attention on text', model, layers, [rows, length], { specs, measure: attentionOnText }),
  );
  const tokens = int32([rows, length]);
  for (let first = 0; first < contexts.length; first += rows) {
    for (let row = 0; row < rows; row++) tokens.data.set(contexts.at(first + row)?.tokens ?? [], row * length);
    const outputs = await run({ tokens });
    for (const [layer, { sums, counts }] of totals) {
      addInto(sums, outputs.layers[layer].sums.data);
      addInto(counts, outputs.layers[layer].counts.data);
    }
  }
  await run.dispose();
}
