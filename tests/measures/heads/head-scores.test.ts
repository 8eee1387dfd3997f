import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import { recordingEffects } from '../../../pipeline/effects.ts';
import { createEngine, type Engine } from '../../../pipeline/engine/index.ts';
import { loadModel } from '../../../pipeline/files/model/model-dir.ts';
import { copyingScores } from '../../../pipeline/measures/circuits/copying-scores.ts';
import { TokenCircuits } from '../../../pipeline/measures/circuits/token-circuits.ts';
import { scoreHeads } from '../../../pipeline/measures/heads/head-scores.ts';
import { headScores } from '../../../pipeline/measures/heads/scores-table.ts';
import { int32 } from '../../../pipeline/numbers/tensor.ts';
import { openQueries } from '../../../pipeline/store/query.ts';
import { inductionCheck } from '../../../pipeline/training/induction-check.ts';
import { tinyModel } from '../../engine/pipeline-programs.ts';
import { familyFolder } from '../../model/family-cases.ts';
import { writeTinyModel } from '../../training/tiny-model.ts';

/** What PyTorch computes in float64, by case: rows of layer, head, induction, previous token, duplicate token, copying. */
const expected = z
  .record(z.string(), z.object({ sequences: z.array(z.array(z.int())), heads: z.array(z.array(z.number())) }))
  .parse(JSON.parse(await readFile('tests/fixtures/heads/expected.json', 'utf8')));

let engine: Engine;
let dir: string;
beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu' });
  dir = await mkdtemp(join(tmpdir(), 'head-scores-'));
});
afterAll(() => rm(dir, { recursive: true }));

describe('the scores of every head of a model', () => {
  test.each(Object.entries(expected))('are those of PyTorch: %s', async (name, { sequences, heads }) => {
    const model = await loadModel(familyFolder(name));
    const rows = int32([sequences.length, sequences[0]?.length ?? 0], Int32Array.from(sequences.flat()));
    const found = await scoreHeads({ engine, model, sequences: rows });
    expect(found).toHaveLength(model.config.nLayers * model.config.nHeads);
    found.forEach(({ layer, head, induction, previous_token, duplicate_token, copying }, i) => {
      const scores = [induction, previous_token, duplicate_token, copying];
      const wanted = heads[i] ?? [];
      expect([layer, head]).toEqual(wanted.slice(0, 2));
      scores.forEach((score, column) => {
        expect(Math.abs((score ?? Number.NaN) - (wanted[2 + column] ?? Number.NaN)), name).toBeLessThan(1e-4);
      });
    });
  });

  it('copy by weights as the circuits of a run do, a vocabulary that is part of the rows included', async () => {
    const whole = tinyModel();
    const named = Int32Array.from({ length: whole.config.vocabSize - 3 }, (_, id) => id + 1);
    for (const model of [whole, { ...whole, vocabulary: named }]) {
      const [, ofLayer = []] = await copyingScores(engine, model, [0, 1]);
      const circuits = await TokenCircuits.open({ engine, model, tokens: Int32Array.of(1, 2, 3) });
      const wanted = (await circuits.ofLayer(1, () => {})).map(({ copying }) => copying);
      await circuits.dispose();
      expect(wanted.some((score) => Math.abs(score) > 0.01)).toBe(true);
      for (const [head, score] of ofLayer.entries()) expect(score).toBeCloseTo(wanted[head] ?? Number.NaN, 5);
    }
  });
});

describe('atlas induction', () => {
  it('prints every head, and writes them as Parquet and as JSON with the sequences', async () => {
    const { model } = await writeTinyModel(dir);
    const { effects, lines } = recordingEffects();
    const [out, json] = [join(dir, 'out'), join(dir, 'heads.json')];
    const { heads } = await inductionCheck(
      { model, out, json, seed: 3, backend: 'onnx-cpu', threads: 1, precision: 'f32' },
      effects,
    );
    expect(heads).toHaveLength(4);
    const written = JSON.parse(await readFile(json, 'utf8'));
    expect(written.heads).toEqual(heads);
    expect(written.sequences).toHaveLength(16);
    for (const sequence of written.sequences) {
      const half = (sequence.length - 1) / 2;
      expect(sequence.slice(1, half + 1)).toEqual(sequence.slice(half + 1));
    }
    const queries = await openQueries(out, [headScores]);
    expect(await queries.rows(headScores.columns, 'SELECT * FROM head_scores')).toEqual(heads);
    queries.close();
    const last = heads.at(-1);
    expect(lines.at(-1)?.trim().split(/\s+/)).toEqual([
      '1',
      '1',
      ...[last?.induction, last?.previous_token, last?.duplicate_token, last?.copying].map((score) =>
        score?.toFixed(4),
      ),
    ]);
  });
});
