import type { InductionConfig } from '../commands/induction.ts';
import { ownFiles } from '../disk/own-file.ts';
import type { Effects } from '../effects.ts';
import { createEngine } from '../engine/index.ts';
import type { Engine } from '../engine/program.ts';
import { writeJsonAtomic } from '../files/atomic.ts';
import { repeatedRows } from '../measures/heads/attention/on-repeats.ts';
import { scoreHeads } from '../measures/heads/head-scores.ts';
import { scoreLines } from '../measures/heads/scores-report.ts';
import { headScores, type NewHeadScoresRow } from '../measures/heads/scores-table.ts';
import { type HalfLosses, halfLosses, repeatedHalves } from '../measures/studies/induction/maths/repeated-halves.ts';
import type { Model } from '../model/model.ts';
import { vocabularyOf } from '../model/vocabulary.ts';
import { append } from '../numbers/append.ts';
import { withLanguageModel } from '../record/with-language-model.ts';
import { fillTable } from '../store/fill-table.ts';
import { checkOut } from '../tables/check-out.ts';
import { lmLosses } from './lm-programs.ts';

const ROWS = 16;
const BATCHES = 8;

export interface InductionFindings {
  readonly losses: HalfLosses;
  readonly heads: readonly NewHeadScoresRow[];
}

/**
 * Prints how well a model copies: its loss on random tokens and on the same tokens again in one context, in nats, and the
 * scores of all its heads; writes the heads where asked to. Source: Olsson et al. 2022, arXiv:2209.11895.
 */
export function inductionCheck(config: InductionConfig, effects: Effects): Promise<InductionFindings> {
  const files = config.json === undefined ? [] : [config.json];
  return ownFiles(files, 'induction', () => check(config, effects));
}

async function check(config: InductionConfig, effects: Effects): Promise<InductionFindings> {
  const { out, model } = config;
  if (out !== undefined) await checkOut({ out, model });
  return withLanguageModel(model, (loaded) => checkModel(loaded.model, config, effects));
}

async function checkModel(model: Model, config: InductionConfig, effects: Effects): Promise<InductionFindings> {
  const engine = await createEngine(config);
  const losses = await repeatLosses(engine, model, config.seed, effects);
  const sequences = repeatedRows(model, config.seed);
  const heads = await scoreHeads({ engine, model, sequences });
  const [rows = 0, length = 0] = sequences?.shape ?? [];
  effects.log(
    sequences
      ? `heads: mean attention on ${rows} sequences of ${(length - 1) / 2} random tokens, each repeated once; copying by weights`
      : 'heads: copying by weights; the contexts are too short to repeat tokens in',
  );
  for (const line of scoreLines(heads)) effects.log(line);
  if (config.out !== undefined) await fillTable(config.out, headScores, (table) => table.append(heads));
  if (config.json !== undefined) {
    const each = Array.from({ length: rows }, (_, row) =>
      Array.from(sequences?.data.subarray(row * length, (row + 1) * length) ?? []),
    );
    await writeJsonAtomic(config.json, { losses, sequences: each, heads });
  }
  return { losses, heads };
}

async function repeatLosses(engine: Engine, model: Model, seed: number, effects: Effects): Promise<HalfLosses> {
  const { config: sizes, weights } = model;
  const length = Math.min(128, sizes.nContext);
  const shape = { rows: ROWS, length, bos: sizes.bosTokenId, tokens: vocabularyOf(model) };
  const run = await engine.compile(lmLosses(sizes, ROWS, length));
  const all: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const rows = repeatedHalves({ ...shape, seed: seed * BATCHES + batch });
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
  effects.log(`induction: ${ROWS * BATCHES} sequences of ${tokens} random tokens, each repeated once`);
  effects.log(`  loss on the first half   ${first.toFixed(3)} nats`);
  effects.log(`  loss on the second half  ${second.toFixed(3)} nats`);
  effects.log(`  induction gap            ${(first - second).toFixed(3)} nats`);
}
