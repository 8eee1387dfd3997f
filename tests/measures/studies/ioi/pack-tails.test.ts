import { expect, test } from 'vitest';
import { packTails } from '../../../../pipeline/measures/studies/ioi/pack-tails.ts';
import type { Snapshot } from '../../../../pipeline/measures/studies/ioi/snapshots.ts';

/** A prompt whose S2 and end are at given positions. */
const prompt = (s2: number, end: number) => ({ prompt: { places: { s2, end } } }) as unknown as Snapshot;
const changed = (snapshot: Snapshot, count: number) =>
  Array.from({ length: count }, () => ({ snapshot, change: new Map() }));

test('tails of all lengths fill a pack, and prompts that share one are remembered once', () => {
  const [a, b] = [prompt(6, 9), prompt(4, 6)];
  const packs = packTails([...changed(a, 2), ...changed(b, 3)], 's2', { tokens: 14, memory: 12 });
  const summary = packs.map(({ tails, slots, used }) => ({
    tails: tails.map(({ row, at, slot }) => [row, at, slot.at]),
    slots: slots.map(({ count, at }) => [count, at]),
    used,
  }));
  expect(summary).toEqual([
    {
      tails: [
        [0, 0, 0],
        [1, 4, 0],
        [2, 8, 6],
        [3, 11, 6],
      ],
      slots: [
        [6, 0],
        [4, 6],
      ],
      used: 14,
    },
    { tails: [[4, 0, 0]], slots: [[4, 0]], used: 3 },
  ]);
});

test('a pack ends where another prompt would not be remembered whole', () => {
  const packs = packTails([...changed(prompt(6, 9), 1), ...changed(prompt(6, 9), 1)], 'end', {
    tokens: 14,
    memory: 12,
  });
  expect(packs.map(({ tails, used }) => [tails.length, used])).toEqual([
    [1, 1],
    [1, 1],
  ]);
});

test('nothing is packed of nothing', () => {
  expect(packTails([], 's2', { tokens: 14, memory: 12 })).toEqual([]);
});
