import type { MeasurePart, StoredParts } from '../../record/stored-parts.ts';
import { collectGarbage } from '../collect-garbage.ts';
import type { Claims } from './claims.ts';

/**
 * Computes and stores parts until all are taken: those that the run will wait for, then the rest, from the last on, as the
 * run comes towards it from the first. A part that fails is left to the run, which says what is wrong.
 */
export async function computeFromLast(
  parts: readonly MeasurePart[],
  claims: Pick<Claims, 'takeForCompanion' | 'settle'>,
  stored: StoredParts,
): Promise<void> {
  const fromLast = parts.toReversed();
  for (const part of [...fromLast.filter(({ isAwaited }) => isAwaited), ...fromLast]) {
    if (!claims.takeForCompanion(part.name)) continue;
    collectGarbage();
    const { together } = part;
    const others = parts.filter((other) => other !== part && together && other.together === together);
    const taken = [part, ...others.filter(({ name }) => claims.takeForCompanion(name))];
    try {
      await computeMissing(taken, stored);
    } catch {
      // The run comes upon it in its turn.
    } finally {
      for (const { name } of taken) claims.settle(name);
    }
  }
}

/** Parts of one kind, together where they can be. */
async function computeMissing(parts: readonly MeasurePart[], stored: StoredParts): Promise<void> {
  const there = await stored.stored();
  const missing = parts.filter(({ name }) => !there.has(name));
  const [first] = missing;
  if (first === undefined) return;
  const values = first.together
    ? await first.together(missing.map(({ name }) => name))
    : new Map([[first.name, await first.compute()]]);
  for (const [name, value] of values) await stored.write(name, value);
}
