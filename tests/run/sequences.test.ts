import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HeadSequenceRow } from '../../pipeline/measures/sequences/table.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { type Float64Model, type Float64Pass, float64Model, outputWeights } from './float64-model.ts';
import { folderOf, removeTemporaryFolders, runReference } from './reference-case.ts';

const seed = 7;
const nHeads = 4;
const kept = 6;
/** Agreement of float32 with float64, relative to the numbers compared. */
const tolerance = 1e-4;

interface Place {
  readonly context: number;
  readonly position: number;
  readonly norm: number;
}

let reader: RunReader;
let model: Float64Model;
let contexts: Int32Array[];
let passes: Float64Pass[];

beforeAll(async () => {
  const without = { upstreamExamples: 0, wiring: 0, neighbours: 0, circuitTokens: 0, familyExamples: 0 };
  reader = await openRun(await runReference(seed, { ...without, examples: 2, headSequences: kept }));
  model = float64Model(folderOf(seed), nHeads);
  contexts = (await reader.contexts(0, 1000)).map(({ token_ids }) => token_ids);
  passes = contexts.map((tokens) => model.run(tokens));
}, 120_000);
afterAll(async () => {
  reader?.close();
  await removeTemporaryFolders();
});

/** The norm of what a head writes at a position, W_O applied in full. */
function normAt(z: Float64Array, weight: Float64Array, head: number, position: number): number {
  const { dModel } = model;
  const dHead = dModel / nHeads;
  let squares = 0;
  for (let d = 0; d < dModel; d++) {
    let sum = 0;
    for (let i = head * dHead; i < (head + 1) * dHead; i++) sum += z[position * dModel + i] * weight[i * dModel + d];
    squares += sum ** 2;
  }
  return Math.sqrt(squares);
}

/** The best place of every context, the greatest norm first. */
function bestPlaces(layer: number, head: number): Place[] {
  const weight = outputWeights(folderOf(seed), layer);
  return passes
    .map(({ z }, context): Place => {
      const all = Array.from(contexts[context].subarray(1), (_, i): Place => {
        return { context, position: i + 1, norm: normAt(z[layer], weight, head, i + 1) };
      });
      return all.reduce((best, place) => (place.norm > best.norm ? place : best));
    })
    .sort((a, b) => b.norm - a.norm);
}

const eachHead = async (check: (rows: HeadSequenceRow[], layer: number, head: number) => void) => {
  for (let layer = 0; layer < model.layers; layer++) {
    const rows = await reader.headSequences(layer);
    for (let head = 0; head < nHeads; head++)
      check(
        rows.filter((row) => row.head === head),
        layer,
        head,
      );
  }
};

it('keeps of each head the contexts in which it writes most, one place of each', async () => {
  expect(contexts.length).toBeGreaterThan(20 * kept);
  let compared = 0;
  await eachHead((rows, layer, head) => {
    const best = bestPlaces(layer, head);
    expect(rows.map(({ rank }) => rank)).toEqual([...Array(kept).keys()]);
    expect(new Set(rows.map(({ context }) => context)).size).toBe(kept);
    for (const [i, row] of rows.entries()) {
      expect(Math.abs(row.norm - best[i].norm) / best[i].norm).toBeLessThan(tolerance);
      const tied = best.filter(({ norm }) => Math.abs(norm - best[i].norm) < tolerance * norm).length > 1;
      if (tied) continue;
      expect([row.context, row.position]).toEqual([best[i].context, best[i].position]);
      compared++;
    }
  });
  // Of 48; the rest are ties, of texts that begin alike.
  expect(compared).toBeGreaterThan(30);
});

it('says where the head attends from there', async () => {
  await eachHead((rows, layer, head) => {
    for (const { context, position, attention } of rows) {
      expect(attention).toHaveLength(position + 1);
      const wanted = passes[context].pattern[layer][head].subarray(position * contexts[context].length);
      for (const [s, share] of attention.entries()) expect(Math.abs(share - wanted[s])).toBeLessThan(tolerance);
    }
  });
});
