import type { Family } from '../../families/maths/family-names.ts';
import { beyondChance } from './chance.ts';

/** The kinds of source that a head's attention is measured to, each the name of the family that reads it. */
const attendedKinds = ['induction', 'duplicate token', 'previous token', 'current token', 'BOS'] as const;
export type AttendedKind = (typeof attendedKinds)[number];
const attentionPlaces = ['repeats', 'text'] as const;
export type AttentionPlace = (typeof attentionPlaces)[number];

/** Mean attention to each kind of source; undefined where it is not measured. */
export type AttentionTo = (kind: AttendedKind, place: AttentionPlace) => number | undefined;

/** Of a head that attends evenly, where it is not said. */
const noChance: AttentionTo = () => 0;

export const attentionThresholds = {
  /** A head attends to a kind of source from so much of its attention, beyond chance, on, or is of a family from so much of its attribution on. */
  most: 0.5,
  /** It does not below so much. */
  least: 0.25,
} as const;

/** Attribution and attention that do not agree. */
export interface AttentionConflict {
  /** "attended": it attends there, but few of its features read that; "read": they do, but it hardly attends there. */
  readonly kind: 'attended' | 'read';
  readonly family: AttendedKind;
  readonly place: AttentionPlace;
  readonly attention: number;
  /** Of its attribution, by features of the families that such attention goes with. */
  readonly share: number;
}

/**
 * Families whose features may come of such attention beside the one of its name: a series is read at the present token,
 * a context or a place at whatever the layer below has brought there.
 */
const goesWith: Readonly<Record<AttendedKind, readonly Family[]>> = {
  induction: [],
  'duplicate token': [],
  'previous token': ['local context', 'high-level context', 'positional'],
  'current token': ['succession', 'local context', 'high-level context', 'positional'],
  BOS: ['high-level context', 'positional'],
};

/**
 * Where a head's attention contradicts the families of its features, by their shares of its attribution: half its
 * attention on a kind of source that under a quarter of it can come of, or half of it of a family whose sources get
 * under a quarter of the attention. Attention rests on BOS when there is nothing to read, so that it contradicts nothing.
 */
export function attentionConflicts(
  shares: ReadonlyMap<Family, number>,
  attention: AttentionTo,
  chance: AttentionTo = noChance,
): AttentionConflict[] {
  return attendedKinds.flatMap((family) => {
    const found = conflictOf(family, shares, { attention, chance });
    return found ? [found] : [];
  });
}

function conflictOf(
  family: AttendedKind,
  shares: ReadonlyMap<Family, number>,
  { attention, chance }: { readonly attention: AttentionTo; readonly chance: AttentionTo },
): AttentionConflict | undefined {
  const share = (name: Family) => shares.get(name) ?? 0;
  const measured = attentionPlaces.flatMap((place) => {
    const value = attention(family, place);
    if (value === undefined) return [];
    const beyond = beyondChance(value, chance(family, place) ?? 0);
    return [{ beyond, conflict: { family, place, attention: value } }];
  });
  const [strongest] = measured.toSorted((a, b) => b.beyond - a.beyond);
  if (!strongest) return undefined;
  const { most, least } = attentionThresholds;
  const possible = goesWith[family].reduce((sum, other) => sum + share(other), share(family));
  if (family !== 'BOS' && strongest.beyond >= most && possible + share('unclear') < least)
    return { kind: 'attended', ...strongest.conflict, share: possible };
  if (share(family) >= most && strongest.beyond < least)
    return { kind: 'read', ...strongest.conflict, share: share(family) };
  return undefined;
}
