import { describe, expect, it } from 'vitest';
import { randomNormal, seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import type { Entries } from '../../../pipeline/training/sae/kernels.ts';
import {
  selectAbove,
  selectBatchTopK,
  selectPositive,
  selectTopK,
  TooManyActive,
} from '../../../pipeline/training/sae/select.ts';
import { createState, type SaeState } from '../../../pipeline/training/sae/state.ts';
import { tinyShape, tinyState } from './tiny-state.ts';

const { dSae, batch } = tinyShape;

/** Entries as positions in pre [token, width]. */
const positions = ({ rowStart, features }: Entries, width = dSae) =>
  Array.from({ length: rowStart.length - 1 }, (_, token) =>
    Array.from(features.subarray(rowStart[token], rowStart[token + 1]), (feature) => token * width + feature),
  ).flat();

/** The k largest of the given positions, equal ones in their order. */
const largest = ({ floats: { pre } }: SaeState, given: readonly number[], k: number) =>
  given
    .filter((i) => (pre[i] ?? 0) > 0)
    .toSorted((a, b) => (pre[b] ?? 0) - (pre[a] ?? 0) || a - b)
    .slice(0, k)
    .toSorted((a, b) => a - b);

const all = Array.from({ length: batch * dSae }, (_, i) => i);

describe('the active features of a batch', () => {
  it('are its largest pre-activations, k a token on average, in BatchTopK', async () => {
    const state = await tinyState();
    for (const k of [0.5, 1, 2, 3])
      expect(positions(selectBatchTopK(state, k))).toEqual(largest(state, all, k * batch));
  });

  it('are one in BatchTopK where fewer are asked for', async () => {
    const state = await tinyState();
    expect(positions(selectBatchTopK(state, 0.4 / batch))).toEqual(largest(state, all, 1));
  });

  it('are never more than the positive ones', async () => {
    const state = await tinyState();
    const positive = all.filter((i) => (state.floats.pre[i] ?? 0) > 0);
    expect(positive.length).toBeLessThan(batch * dSae);
    expect(positions(selectBatchTopK(state, dSae))).toEqual(positive);
    expect(positions(selectPositive(state))).toEqual(positive);
  });

  it('are each token’s k largest in TopK', async () => {
    const state = await tinyState();
    const rows = Array.from({ length: batch }, (_, token) => all.slice(token * dSae, (token + 1) * dSae));
    for (const k of [1, 2, 3]) {
      expect(positions(selectTopK(state, k))).toEqual(rows.flatMap((row) => largest(state, row, k)));
    }
  });

  it('are fewer than k in TopK where a token has no more, and no others’ for it', async () => {
    const [tokens, features, k] = [64, 2048, 32];
    const room = { entries: 256 * tokens, auxEntries: tokens, groups: 1 };
    const state = await createState({ dIn: 5, dSae: features, batch: tokens, ...room });
    const random = seededRandom(3);
    for (let i = 0; i < tokens * features; i++) state.floats.pre[i] = randomNormal(random);
    state.floats.pre.fill(-1, 7 * features, 8 * features - 2);
    const rows = Array.from({ length: tokens }, (_, token) =>
      Array.from({ length: features }, (_, i) => token * features + i),
    );
    expect(positions(selectTopK(state, k), features)).toEqual(rows.flatMap((row) => largest(state, row, k)));
  });

  it('are the first of equal ones', async () => {
    const state = await tinyState();
    state.floats.pre.fill(2, 0, batch * dSae);
    expect(positions(selectBatchTopK(state, 2))).toEqual(all.slice(0, 2 * batch));
    expect(positions(selectTopK(state, 2)).slice(0, 4)).toEqual([0, 1, dSae, dSae + 1]);
  });

  it('are those above their own floors in JumpReLU', async () => {
    const state = await tinyState();
    const floors = Float32Array.from({ length: dSae }, (_, i) => 0.2 * i - 0.5);
    const above = all.filter((i) => (state.floats.pre[i] ?? 0) > (floors[i % dSae] ?? 0));
    expect(above.length).toBeGreaterThan(0);
    expect(positions(selectAbove(state, floors))).toEqual(above);
  });

  it('need room for no more than are above their own floors, however low one is', async () => {
    const state = await tinyState(1, 4 * batch);
    const floors = new Float32Array(dSae).fill(2);
    floors[3] = -100;
    const above = all.filter((i) => (state.floats.pre[i] ?? 0) > (floors[i % dSae] ?? 0));
    expect(above.length).toBeGreaterThan(batch);
    expect(positions(selectAbove(state, floors))).toEqual(above);
    expect(() => selectAbove(state, floors.fill(-100))).toThrow(TooManyActive);
  });

  it('are refused where there is no room for them, not where there is just enough', async () => {
    const state = await tinyState(1, 8);
    state.floats.pre.fill(-1).fill(1, 20, 28);
    expect(positions(selectPositive(state))).toEqual(all.slice(20, 28));
    state.floats.pre.fill(1, 28, 29);
    expect(() => selectPositive(state)).toThrow(TooManyActive);
  });
});
