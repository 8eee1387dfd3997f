import { afterAll, expect, it } from 'vitest';
import { type MeasurePart, StoredParts } from '../../pipeline/record/stored-parts.ts';
import { computeMissing, groupsOf } from '../../pipeline/run/compute-missing.ts';
import { removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

afterAll(removeTemporaryFolders);

const asked: (readonly string[])[] = [];
const together = async (names: readonly string[]) => {
  asked.push(names);
  return new Map(names.map((name) => [name, `${name} together`]));
};
const part = (name: string, own?: Pick<MeasurePart, 'together'>): MeasurePart => ({
  name,
  compute: async () => `${name} alone`,
  ...own,
});
const parts = [part('a', { together }), part('b'), part('c', { together }), part('d', { together })];

it('parts that share work are one group, where the first of them was', () => {
  expect(groupsOf(parts).map((group) => group.map(({ name }) => name))).toEqual([['a', 'c', 'd'], ['b']]);
});

it('a group is computed at once, but for what is stored already', async () => {
  const stored = new StoredParts(await temporaryFolder());
  await stored.write('c', 'stored before');
  const counts = [];
  for (const group of [...groupsOf(parts), ...groupsOf(parts)]) counts.push(await computeMissing(group, stored));
  expect(counts).toEqual([2, 1, 0, 0]);
  expect(asked).toEqual([['a', 'd']]);
  const values = await Promise.all(parts.map(({ name }) => stored.read(name)));
  expect(values).toEqual(['a together', 'b alone', 'stored before', 'd together']);
});
