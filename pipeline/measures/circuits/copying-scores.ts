import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { vocabularyOf } from '../../model/vocabulary.ts';
import { addInto } from '../../numbers/add-into.ts';
import { type FloatTensor, float32, int32 } from '../../numbers/tensor.ts';
import { copyingScore } from './maths/copying.ts';
import { smallCircuitsProgram, tokenMomentsProgram } from './programs.ts';

/** Tokens of one run of tokenMomentsProgram. */
const idsPerRun = 4096;

/**
 * copyingScore of every head of some layers, [layer][head] in their order. The sum over the vocabulary comes first, so that
 * a layer takes 4·nHeads·dHead·dModel² operations, and no token-to-token matrix.
 */
export async function copyingScores(engine: Engine, model: Model, layers: readonly number[]): Promise<number[][]> {
  const { nHeads, dHead } = model.config;
  const moments = await tokenMoments(engine, model);
  const scores: number[][] = [];
  for (const layer of layers) {
    const run = await engine.compile(smallCircuitsProgram(model, layer));
    const { data } = (await run({ moments })).small;
    await run.dispose();
    const of = (head: number) => data.subarray(head * dHead ** 2, (head + 1) * dHead ** 2);
    scores.push(Array.from({ length: nHeads }, (_, head) => copyingScore(of(head), dHead)));
  }
  return scores;
}

/** Σ (u − ū)·êᵀ over the vocabulary [dModel, dModel]; the same for every layer, whose normalisations have one ε. */
async function tokenMoments(engine: Engine, model: Model): Promise<FloatTensor> {
  const { dModel } = model.config;
  const vocabulary = vocabularyOf(model);
  const rows = Math.min(idsPerRun, vocabulary.length);
  const run = await engine.compile(tokenMomentsProgram(model, 0, rows));
  const sums = {
    products: new Float64Array(dModel ** 2),
    unembedded: new Float64Array(dModel),
    embedded: new Float64Array(dModel),
  };
  for (let first = 0; first < vocabulary.length; first += rows) {
    const block = vocabulary.subarray(first, first + rows);
    const ids = int32([rows]);
    ids.data.set(block);
    const counts = float32([rows, 1]);
    counts.data.fill(1, 0, block.length);
    const found = await run({ ids, counts });
    addInto(sums.products, found.products.data);
    addInto(sums.unembedded, found.unembedded.data);
    addInto(sums.embedded, found.embedded.data);
  }
  await run.dispose();
  const centred = sums.products.map(
    (sum, i) => sum - (sums.unembedded[Math.floor(i / dModel)] * sums.embedded[i % dModel]) / vocabulary.length,
  );
  return float32([dModel, dModel], Float32Array.from(centred));
}
