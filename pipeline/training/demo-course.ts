import type { Engine } from '../engine/program.ts';
import type { Tokenizer } from '../files/tokenizer/load-tokenizer.ts';
import { mean } from '../measures/studies/induction/maths/repeated-halves.ts';
import type { ModelConfig } from '../model/model.ts';
import { seededRandom } from '../numbers/seeded-random.ts';
import { type Curriculum, firstStage, isLastStage, type Stage, stageAfter } from './curriculum.ts';
import type { Course } from './lm.ts';
import { lmLosses } from './lm-programs.ts';
import { mixedBatch, nameSource, repeatSource, type Source, spanSource, textSource } from './mixture.ts';
import { shuffledIndices } from './shuffle.ts';

/** Tokens of a step, about: many small steps learn to copy sooner than a few large ones. */
const STEP_TOKENS = 1536;
/** Parts of the sequences once text has joined in. Without more text its part goes to the corpus. */
const SHARES = { corpus: 0.64, text: 0.16, repeated: 0.02, spans: 0, names: 0.18 };
const EXAMINED_ROWS = 32;

export interface CourseOptions {
  readonly engine: Engine;
  readonly config: ModelConfig;
  readonly tokenizer: Pick<Tokenizer, 'encode' | 'eosTokenId'>;
  /** Token streams to train on. */
  readonly corpus: Int32Array;
  readonly text: Int32Array | undefined;
  readonly seed: number;
}

/**
 * First only repeated tokens, from a pool that doubles to the whole vocabulary; then text with some repeats and names.
 * From random weights, text and repeats together from the start do not lead to copying in as many tokens.
 */
export function demoCourse(options: CourseOptions): Course {
  const { config, seed } = options;
  const { nContext, bosTokenId: bos, eosTokenId } = config;
  const curriculum: Curriculum = { ids: shuffledIndices(eosTokenId, seededRandom(seed)), nContext };
  const mixture = demoMixture(options, curriculum);
  const sourcesOf = (stage: Stage) => (isLastStage(stage, curriculum) ? mixture : repeatsOnly(stage, curriculum));
  return {
    first: firstStage(curriculum),
    batch(step, stage) {
      const rows = Math.floor(STEP_TOKENS / stage.context);
      return mixedBatch(sourcesOf(stage), step, { seed, rows, length: stage.context, bos });
    },
    async examine(stage, step, weights) {
      if (isLastStage(stage, curriculum)) return stage;
      const { engine } = options;
      const rows = mixedBatch(repeatsOnly(stage, curriculum), step, {
        seed: seed + 1,
        rows: EXAMINED_ROWS,
        length: stage.context,
        bos,
      });
      const run = await engine.compile(lmLosses(config, EXAMINED_ROWS, stage.context));
      const { losses } = await run({ rows, weights });
      await run.dispose();
      const width = stage.context - 1;
      const repeated = Array.from(losses.data).filter((_, i) => i % width > stage.longest);
      return stageAfter(stage, mean(repeated), curriculum);
    },
  };
}

const repeatsOnly = ({ pool, longest }: Stage, { ids }: Curriculum): Source[] => [
  repeatSource(1, ids.subarray(0, pool), longest),
];

function demoMixture({ corpus, text, tokenizer }: CourseOptions, { ids, nContext }: Curriculum): Source[] {
  const encode = (sentence: string) => tokenizer.encode(sentence);
  return [
    textSource('corpus', text ? SHARES.corpus : SHARES.corpus + SHARES.text, corpus),
    ...(text ? [textSource('text', SHARES.text, text)] : []),
    repeatSource(SHARES.repeated, ids, Math.floor((nContext - 1) / 2)),
    spanSource('spans', SHARES.spans, corpus),
    nameSource(SHARES.names, encode, tokenizer.eosTokenId),
  ];
}
