import type { Estimate } from '../../../../numbers/grouped-mean.ts';
import { type Source, sources } from './sources.ts';

/** What was measured of one head; logits unless said otherwise. */
export interface HeadEvidence {
  readonly layer: number;
  readonly head: number;
  /** Direct logit attribution at the end. */
  readonly direct: Estimate;
  /** Change of the logit difference when z^h at the end, or at S2, is that of an unrelated giver. */
  readonly endEffect: Estimate;
  readonly s2Effect: Estimate;
  /** endEffect less what of it is direct: what later heads and layers make of it. */
  readonly indirect: Estimate;
  /** Mean attention from the end, and from S2, in the order of `sources`. */
  readonly fromEnd: readonly number[];
  readonly fromS2: readonly number[];
  /** Mean attention from S2 to the token after S1. */
  readonly toNext: number;
}

/**
 * At the end: a name mover writes for the receiver and looks at it; a suppressor writes for the receiver too, but looks at
 * the giver; a negative mover writes against the receiver; an S-inhibition head works through later heads and layers; one
 * of both names looks at the two alike. At S2: what the head looks at there.
 */
const endRoles = ['name mover', 'suppressor', 'negative mover', 'S-inhibition', 'both names'] as const;
const s2Roles = ['duplicate token', 'induction', 'at S2'] as const;
type HeadRole = (typeof endRoles)[number] | (typeof s2Roles)[number];

export interface RoleOf {
  readonly head: HeadEvidence;
  readonly role: HeadRole;
}

export const worksAtEnd = ({ role }: RoleOf): boolean => endRoles.some((each) => each === role);

/** Heads of one kind of work, at most. */
const mostOfRole = 3;
/** Heads at most that work at the end and are no heads of both names, and that work at S2. */
export const mostAtEnd = 3 * mostOfRole;
export const mostAtS2 = mostOfRole;
/** Attention from which a head looks at something, and looks at the two names together. */
const leastAttention = 0.1;
const leastOnNames = 0.5;
/** An effect counts from this share of the mean logit difference on. */
export const leastShare = 0.02;

/** Heads with a role, three of each kind of work at most; one may work at S2 and at the end. */
export function assignRoles(heads: readonly HeadEvidence[], difference: number): RoleOf[] {
  const least = leastShare * Math.abs(difference);
  const strongest = (pick: (head: HeadEvidence) => Estimate, sign: 1 | -1) =>
    heads
      .filter((head) => isSure(pick(head), sign) && Math.abs(pick(head).mean) >= least)
      .toSorted((a, b) => sign * (pick(b).mean - pick(a).mean) || a.layer - b.layer || a.head - b.head)
      .slice(0, mostOfRole);
  const atEnd: RoleOf[] = [
    ...strongest(({ direct }) => direct, 1).map((head) => ({ head, role: writerRole(head) })),
    ...strongest(({ direct }) => direct, -1).map((head) => ({ head, role: 'negative mover' as const })),
    ...strongest(({ indirect }) => indirect, -1).map((head) => ({ head, role: 'S-inhibition' as const })),
    ...ofBothNames(heads).map((head) => ({ head, role: 'both names' as const })),
  ];
  const atS2 = strongest(({ s2Effect }) => s2Effect, -1).map((head) => ({ head, role: roleAtS2(head) }));
  return [...atEnd.filter(({ head }, i) => atEnd.findIndex((other) => other.head === head) === i), ...atS2];
}

function ofBothNames(heads: readonly HeadEvidence[]): HeadEvidence[] {
  const onNames = (head: HeadEvidence) => fromEndTo(head, 'IO') + fromEndTo(head, 'S1');
  return heads
    .filter((head) => onNames(head) >= leastOnNames && !isSure(head.direct, 1) && !isSure(head.direct, -1))
    .toSorted((a, b) => onNames(b) - onNames(a))
    .slice(0, mostOfRole);
}

/** Whether an interval is on one side of 0. */
export const isSure = ({ low, high }: Estimate, sign: 1 | -1): boolean => (sign > 0 ? low > 0 : high < 0);

const fromEndTo = ({ fromEnd }: HeadEvidence, source: Source) => fromEnd[sources.indexOf(source)];

function writerRole(head: HeadEvidence): HeadRole {
  const onGiver = Math.max(fromEndTo(head, 'S1'), fromEndTo(head, 'S2'));
  return fromEndTo(head, 'IO') >= onGiver ? 'name mover' : 'suppressor';
}

function roleAtS2({ fromS2, toNext }: HeadEvidence): HeadRole {
  const duplicate = fromS2[sources.indexOf('S1')];
  if (Math.max(duplicate, toNext) < leastAttention) return 'at S2';
  return duplicate >= toNext ? 'duplicate token' : 'induction';
}
