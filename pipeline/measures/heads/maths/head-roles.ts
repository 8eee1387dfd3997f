import type { FeatureActivations } from '../../../numbers/feature-activations.ts';
import type { Family } from '../../families/maths/family-names.ts';

/** What tells one feature's role on a head from another's. */
export interface FeatureRole {
  readonly family: Family | null;
  /** Its head weight on the head. */
  readonly weight: number;
  /** Its mean reading profile. */
  readonly profile: ArrayLike<number>;
  /** Its most promoted tokens, by id. */
  readonly promoted: ReadonlyMap<number, number>;
  readonly activations: FeatureActivations;
}

export const roleAspects = ['family', 'reading', 'logit effect', 'activation'] as const;
export type RoleAspect = (typeof roleAspects)[number];
export type Similarity = (a: FeatureRole, b: FeatureRole) => number;

export type Similarities = Readonly<Record<RoleAspect, Similarity>>;

/** Each in 0 … 1, 1 for a feature with itself: the same family ("unclear" is like nothing); cosines of the others. */
export const similarities: Similarities = {
  family: (a, b) => (a === b || (a.family === b.family && a.family !== null && a.family !== 'unclear') ? 1 : 0),
  reading: (a, b) => (a === b ? 1 : cosine(Array.from(a.profile), Array.from(b.profile))),
  'logit effect': (a, b) => (a === b ? 1 : sparseCosine(a.promoted, b.promoted)),
  activation: (a, b) => (a === b ? 1 : activationOverlap(a.activations, b.activations)),
};

/** How much each aspect counts in the similarity of two roles: what a feature is for, more than which token it is for. */
const aspectWeights: Readonly<Record<RoleAspect, number>> = {
  family: 0.55,
  reading: 0.35,
  'logit effect': 0.05,
  activation: 0.05,
};

/** The same numbers; the activations of two features, which take longest, are gone through once, whichever comes first. */
export function comparedOnce(): Similarities {
  const known = new Map<FeatureRole, Map<FeatureRole, number>>();
  return {
    ...similarities,
    activation(a, b) {
      const found = known.get(a)?.get(b) ?? known.get(b)?.get(a);
      if (found !== undefined) return found;
      const overlap = similarities.activation(a, b);
      known.set(a, (known.get(a) ?? new Map<FeatureRole, number>()).set(b, overlap));
      return overlap;
    },
  };
}

/** All aspects together. */
export const roleSimilarity =
  (by: Similarities): Similarity =>
  (a, b) =>
    roleAspects.reduce((sum, aspect) => sum + aspectWeights[aspect] * by[aspect](a, b), 0);

/**
 * Effective number of roles of n features: the Vendi score of order 2, 1/Σλ² for the eigenvalues λ of S/n, which is
 * n²/Σ S². n where all differ, 1 where all are alike, 0 for none.
 * Sources: Friedman, Dieng 2022, arXiv:2210.02410; orders other than 1: Pasarkar, Dieng 2023, arXiv:2310.12952.
 */
export function effectiveRoles(roles: readonly FeatureRole[], similarity: Similarity): number {
  const squares = roles.reduce((sum, a) => roles.reduce((inner, b) => inner + similarity(a, b) ** 2, sum), 0);
  return squares > 0 ? roles.length ** 2 / squares : 0;
}

/** Σ f·g / √(Σf²·Σg²) over tokens. */
export function activationOverlap(a: FeatureActivations, b: FeatureActivations): number {
  let [i, j, product] = [0, 0, 0];
  while (i < a.tokens.length && j < b.tokens.length) {
    const [left, right] = [a.tokens[i], b.tokens[j]];
    if (left === right) product += a.values[i] * b.values[j];
    if (left <= right) i++;
    if (right <= left) j++;
  }
  return ratio(product, a.values, b.values);
}

function sparseCosine(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number {
  const product = [...a].reduce((sum, [id, value]) => sum + value * (b.get(id) ?? 0), 0);
  return ratio(product, [...a.values()], [...b.values()]);
}

function cosine(a: readonly number[], b: readonly number[]): number {
  return ratio(
    a.reduce((sum, value, i) => sum + value * b[i], 0),
    a,
    b,
  );
}

function ratio(product: number, a: ArrayLike<number>, b: ArrayLike<number>): number {
  const scale = Math.sqrt(squares(a) * squares(b));
  return scale > 0 ? Math.max(0, product / scale) : 0;
}

function squares(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ** 2;
  return sum;
}
