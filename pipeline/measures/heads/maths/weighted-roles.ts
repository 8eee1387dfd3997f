import type { Family } from '../../families/maths/family-names.ts';

/** A feature among those that a head writes, as its verdict sees it. */
export interface HeadFeature {
  readonly feature: number;
  readonly family: Family | null;
  /** Confidence in the family, 0 … 1. */
  readonly confidence: number;
  readonly headWeight: number;
  /** The head's share of the positive attribution of its top examples. */
  readonly attribution: number;
  /** Mean reading profile: of one length in all features of a head, or empty. */
  readonly profile: ArrayLike<number>;
}

/** A feature with the share of the head's attribution that it has, and its role by name; null where that is not known. */
export interface WeightedFeature extends HeadFeature {
  readonly share: number;
  readonly role: Family | null;
}

/** How much each counts in the similarity of two features: the same family, and the cosine of their reading profiles. */
const weightedAspects = { family: 0.6, reading: 0.4 } as const;

/**
 * Effective number of roles 1/Σ p_i·p_j·S_ij² of features with shares p: the probability-weighted Vendi score of order 2.
 * S_ij = 0.6·[same role] + 0.4·cos(profile_i, profile_j), S_ii = 1. Expanded over roles, so that it costs O(features):
 * Σ p_i p_j S_ij² = 0.36·Σ P_r² + 0.48·Σ ‖m_r‖² + 0.16·‖M‖², m_r = Σ p_i·u_i over role r, M = Σ p_i·u_i·u_iᵀ.
 * Sources: Friedman, Dieng 2022, arXiv:2210.02410; order 2: Pasarkar, Dieng 2023, arXiv:2310.12952. 0 for no features.
 */
export function weightedRoles(features: readonly Pick<WeightedFeature, 'share' | 'role' | 'profile'>[]): number {
  const { family: a, reading: b } = weightedAspects;
  const byRole = new Map<Family, RoleSums>();
  const all = new OuterSum();
  let own = 0;
  for (const { share, role, profile } of features) {
    const unit = unitOf(profile);
    all.add(share, unit);
    if (role !== null) {
      const sums = byRole.get(role) ?? new RoleSums();
      byRole.set(role, sums.add(share, unit));
    }
    // S_ii is 1, also of a feature without a role or a profile.
    own += share ** 2 * (1 - ((role === null ? 0 : a) + (unit.length > 0 ? b : 0)) ** 2);
  }
  const roles = [...byRole.values()];
  const pairs =
    a ** 2 * sum(roles.map(({ share }) => share ** 2)) +
    2 * a * b * sum(roles.map(({ squaredNorm }) => squaredNorm)) +
    b ** 2 * all.squaredNorm;
  return pairs + own > 0 ? 1 / (pairs + own) : 0;
}

/** Sum of the shares of a role, and of its unit profiles by share. */
class RoleSums {
  share = 0;
  #profile = new Float64Array();

  add(share: number, unit: Float64Array): this {
    this.share += share;
    if (this.#profile.length === 0) this.#profile = new Float64Array(unit.length);
    for (let k = 0; k < unit.length; k++) this.#profile[k] += share * unit[k];
    return this;
  }

  get squaredNorm(): number {
    return squaredNorm(this.#profile);
  }
}

/** Σ share·u·uᵀ of unit vectors. Plain loops: a run adds each feature's to every head it writes to. */
class OuterSum {
  #values = new Float64Array();

  add(share: number, unit: Float64Array): void {
    const width = unit.length;
    if (this.#values.length === 0) this.#values = new Float64Array(width ** 2);
    for (let k = 0; k < width; k++) {
      const scaled = share * unit[k];
      for (let l = 0; l < width; l++) this.#values[k * width + l] += scaled * unit[l];
    }
  }

  get squaredNorm(): number {
    return squaredNorm(this.#values);
  }
}

/** A profile at length 1; empty where it is none. */
function unitOf(profile: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(profile);
  const norm = Math.sqrt(squaredNorm(values));
  return norm > 0 ? values.map((value) => value / norm) : new Float64Array();
}

const squaredNorm = (values: Float64Array) => values.reduce((total, value) => total + value ** 2, 0);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
