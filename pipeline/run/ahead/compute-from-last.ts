import type { MeasurePart, StoredParts } from '../../record/stored-parts.ts';
import { collectGarbage } from '../collect-garbage.ts';
import { computeMissing, groupsOf } from '../compute-missing.ts';
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
  const isAwaited = (part: MeasurePart) => part.isAwaited === true;
  const inOrder = [...fromLast.filter(isAwaited), ...fromLast.filter((part) => !isAwaited(part))];
  for (const group of groupsOf(inOrder)) {
    const taken = group.filter(({ name }) => claims.takeForCompanion(name));
    if (taken.length === 0) continue;
    collectGarbage();
    try {
      await computeMissing(taken, stored);
    } catch {
      // The run comes upon it in its turn.
    } finally {
      for (const { name } of taken) claims.settle(name);
    }
  }
}
