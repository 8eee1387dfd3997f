import type { MeasurePart, StoredParts } from '../record/stored-parts.ts';

/** Parts in groups, each where the first of it was: those that share work together, any other alone. */
export function groupsOf(parts: readonly MeasurePart[]): MeasurePart[][] {
  const groups = new Map<unknown, MeasurePart[]>();
  for (const part of parts) {
    const shared = part.together ?? part;
    groups.set(shared, [...(groups.get(shared) ?? []), part]);
  }
  return [...groups.values()];
}

/** Computes and stores those parts of a group that are not stored, at once where they share work; how many they were. */
export async function computeMissing(group: readonly MeasurePart[], parts: StoredParts): Promise<number> {
  const stored = await parts.stored();
  const missing = group.filter(({ name }) => !stored.has(name));
  const [first] = missing;
  if (first === undefined) return 0;
  const values = first.together
    ? await first.together(missing.map(({ name }) => name))
    : new Map([[first.name, await first.compute()]]);
  for (const [name, value] of values) await parts.write(name, value);
  return missing.length;
}
