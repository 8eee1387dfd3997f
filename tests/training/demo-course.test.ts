import { beforeAll, expect, test } from 'vitest';
import { createEngine, type Engine } from '../../pipeline/engine/index.ts';
import { demoCourse } from '../../pipeline/training/demo-course.ts';
import { initialState, weightsOf } from '../../pipeline/training/lm-state.ts';
import { gpt2Conventions } from '../model/gpt2-conventions.ts';

const end = 300;
const config = {
  ...gpt2Conventions,
  ...{ nLayers: 1, nHeads: 2, nKvHeads: 2, dHead: 4, dModel: 8, dMlp: 8, nContext: 64, vocabSize: end + 1 },
  ...{ bosTokenId: end, eosTokenId: end, tiedEmbedding: true },
};
/** Text counts up, sentences of names are one token: both are told from random tokens. */
const corpus = Int32Array.from({ length: 1000 }, (_, i) => i % end);
const tokenizer = { encode: () => Int32Array.of(7), eosTokenId: end };

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
});

const courseOf = () => demoCourse({ engine, config, tokenizer, corpus, text: undefined, seed: 1 });
const rowsOf = ({ shape: [rows = 0, length = 0], data }: { shape: readonly number[]; data: Int32Array }) =>
  Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * length, (row + 1) * length)));

test('the first stage is repeats of a pool of 16 tokens, as many rows as 1,536 tokens allow', () => {
  const course = courseOf();
  const rows = rowsOf(course.batch(3, course.first));
  expect([rows.length, rows[0]?.length]).toEqual([32, 48]);
  expect(new Set(rows.flatMap((row) => row.slice(1))).size).toBeLessThanOrEqual(16);
  expect(course.batch(3, course.first)).toEqual(course.batch(3, course.first));
});

test('at the last stage most rows are text, and some are names', () => {
  const course = courseOf();
  const stage = { pool: end, longest: 31, context: 64 };
  const rows = Array.from({ length: 40 }, (_, step) => rowsOf(course.batch(step, stage))).flat();
  const counts = (row: number[]) => row.slice(2).filter((token, i) => token === ((row[i + 1] ?? 0) + 1) % end).length;
  const share = (isKind: (row: number[]) => boolean) => rows.filter(isKind).length / rows.length;
  expect(rows[0]).toHaveLength(64);
  expect(share((row) => counts(row) === 62)).toBeGreaterThan(0.75);
  expect(share((row) => row.includes(7) && row.filter((token) => token === end).length > 20)).toBeGreaterThan(0.08);
});

test('a stage that is not learnt is kept, and the last one is not examined', async () => {
  const course = courseOf();
  const weights = weightsOf(config, initialState(config, 1));
  expect(await course.examine?.(course.first, 25, weights)).toBe(course.first);
  const last = { pool: end, longest: 31, context: 64 };
  expect(await course.examine?.(last, 25, {})).toBe(last);
});
