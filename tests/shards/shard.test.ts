import { expect, test } from 'vitest';
import { contextsOfShard, shardOf } from '../../pipeline/shards/shard.ts';

/** An array 4-10:3. */
const every3rd = { SLURM_ARRAY_TASK_MIN: '4', SLURM_ARRAY_TASK_STEP: '3', SLURM_ARRAY_TASK_COUNT: '3' };

test.each([
  ['2/4', {}, 2, 4],
  ['auto', { SLURM_ARRAY_TASK_ID: '5', SLURM_ARRAY_TASK_MIN: '3', SLURM_ARRAY_TASK_COUNT: '4' }, 3, 4],
  ['auto', { ...every3rd, SLURM_ARRAY_TASK_ID: '4' }, 1, 3],
  ['auto/3', { ...every3rd, SLURM_ARRAY_TASK_ID: '10' }, 3, 3],
  ['auto', { RANK: '0', WORLD_SIZE: '8' }, 1, 8],
  ['auto', { SKYPILOT_NODE_RANK: '1', SKYPILOT_NUM_NODES: '2' }, 2, 2],
  ['auto', { SLURM_PROCID: '3', SLURM_NTASKS: '4' }, 4, 4],
  ['auto/6', { JOB_COMPLETION_INDEX: '5' }, 6, 6],
  // One task of an array that is done again alone still is one of four.
  ['auto/4', { SLURM_ARRAY_TASK_ID: '2', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_COUNT: '4' }, 2, 4],
])('%s with %o is part %i of %i', (text, environment, number, of) => {
  expect(shardOf(text, environment)).toEqual({ number, of });
});

test.each([
  ['5/4', {}, 'invalid shard: 5/4, expected from 1/4 to 4/4'],
  ['auto', {}, 'shard is auto, but none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX'],
  [
    'auto',
    { JOB_COMPLETION_INDEX: '1' },
    'JOB_COMPLETION_INDEX alone does not say of how many, expected such as auto/4',
  ],
  [
    'auto/4',
    { SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_TASK_MIN: '3', SLURM_ARRAY_TASK_COUNT: '1' },
    'shard is auto/4, but SLURM_ARRAY_TASK_COUNT is 1, expected an array of 4; of fewer, name each part: 2/4',
  ],
  ['auto', { SLURM_ARRAY_TASK_ID: '' }, 'invalid SLURM_ARRAY_TASK_ID: "", expected a whole number (environment)'],
  [
    'auto',
    { ...every3rd, SLURM_ARRAY_TASK_ID: '6' },
    'invalid SLURM_ARRAY_TASK_ID: 6, expected SLURM_ARRAY_TASK_MIN 4 and a multiple of SLURM_ARRAY_TASK_STEP 3',
  ],
  ['auto', { RANK: 'x', WORLD_SIZE: '2' }, 'invalid RANK: "x", expected a whole number (environment)'],
])('%s with %o is refused', (text, environment, message) => {
  expect(() => shardOf(text, environment)).toThrow(message);
});

test('parts take every context once, and differ by one at most', () => {
  for (const of of [1, 2, 4, 7, 13]) {
    const parts = Array.from({ length: of }, (_, i) => contextsOfShard({ number: i + 1, of }, 10));
    expect(parts.reduce((next, { first, count }) => (first === next ? first + count : Number.NaN), 0)).toBe(10);
    const counts = parts.map(({ count }) => count);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  }
});
