import type { InductionConfig } from '../commands/induction.ts';
import type { Effects } from '../effects.ts';
import { createEngine } from '../engine/index.ts';
import { loadLanguageModel } from '../files/model/language-model.ts';
import { type HalfLosses, halfLosses, repeatedHalves } from '../measures/studies/induction/maths/repeated-halves.ts';
import { vocabularyOf } from '../model/vocabulary.ts';
import { append } from '../numbers/append.ts';
import { lmLosses } from './lm-programs.ts';

const ROWS = 16;
const BATCHES = 8;

/**
 * Prints how well a model copies: its loss on random tokens, and on the same tokens said again in one context.
 * Source: Olsson et al. 2022, arXiv:2209.11895. Returns the mean losses of the two halves, in nats.
 */
export async function inductionCheck(config: InductionConfig, effects: Effects): Promise<HalfLosses> {
  const { model } = await loadLanguageModel(config.model);
  const { config: sizes, weights } = model;
  const length = Math.min(128, sizes.nContext);
  const shape = { rows: ROWS, length, bos: sizes.bosTokenId, tokens: vocabularyOf(model) };
  const engine = await createEngine(config);
  const run = await engine.compile(lmLosses(sizes, ROWS, length));
  const all: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const rows = repeatedHalves({ ...shape, seed: config.seed * BATCHES + batch });
    const { losses } = await run({ rows, weights });
    append(all, losses.data);
  }
  await run.dispose();
  const halves = halfLosses(all, length);
  report(halves, length, effects);
  return halves;
}

function report({ first, second }: HalfLosses, length: number, effects: Effects): void {
  const tokens = Math.floor((length - 1) / 2);
  effects.log(`induction: ${ROWS * BATCHES} sequences of ${tokens} random tokens, each said twice`);
  effects.log(`  loss on the first half   ${first.toFixed(3)} nats`);
  effects.log(`  loss on the second half  ${second.toFixed(3)} nats`);
  effects.log(`  induction gap            ${(first - second).toFixed(3)} nats`);
}
