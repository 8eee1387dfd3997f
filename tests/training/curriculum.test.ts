import { expect, test } from 'vitest';
import { firstStage, isLastStage, stageAfter } from '../../pipeline/training/curriculum.ts';

const curriculum = { ids: Int32Array.from({ length: 100 }, (_, i) => i), nContext: 128 };
const learnt = 0;

test('a stage is kept until repeats cost less than 0.3·ln(pool)', () => {
  const first = firstStage(curriculum);
  expect(first).toEqual({ pool: 16, longest: 12, context: 48 });
  expect(stageAfter(first, 0.3 * Math.log(16), curriculum)).toBe(first);
  expect(stageAfter(first, 0.29 * Math.log(16), curriculum)).toEqual({ pool: 32, longest: 16, context: 48 });
});

test('the pool doubles up to the whole vocabulary, which is drawn from in whole contexts', () => {
  const stages = [firstStage(curriculum)];
  while (!isLastStage(stages.at(-1) ?? firstStage(curriculum), curriculum)) {
    stages.push(stageAfter(stages.at(-1) ?? firstStage(curriculum), learnt, curriculum));
  }
  expect(stages.map(({ pool }) => pool)).toEqual([16, 32, 64, 100]);
  expect(stages.at(-1)?.context).toBe(128);
});

test('segments grow no longer than twice in a context', () => {
  let stage = firstStage({ ...curriculum, ids: new Int32Array(1e6) });
  for (let i = 0; i < 12; i++) stage = stageAfter(stage, learnt, { ids: new Int32Array(1e6), nContext: 128 });
  expect([stage.longest, stage.context]).toEqual([63, 128]);
});
