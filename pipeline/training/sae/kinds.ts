import type { Entries } from './kernels.ts';
import type { SaeKind } from './kind-names.ts';
import { selectAbove, selectBatchTopK, selectPositive, selectTopK } from './select.ts';
import type { SaeState } from './state.ts';

/** How one kind of SAE chooses its active features, and what its loss adds to ‖x − x̂‖². */
export interface Kind {
  /** The batch's entries: those whose gradient counts; of these the active ones have a value above 0. */
  select(state: SaeState, targetL0: number): Entries;
  /**
   * Turns entry.dots from ∂loss/∂f into ∂loss/∂pre, the penalty on sparsity added, and adds the gradient of theta.
   */
  adjust(state: SaeState, entries: Entries, sparsity: Sparsity): void;
  /** Whether a penalty is moved until L0 is as asked for. */
  readonly penalized: boolean;
}

/** What the penalty on sparsity is, and what it is for. */
interface Sparsity {
  readonly lambda: number;
  readonly targetL0: number;
}

/** Part of a usual activation. */
const BANDWIDTH = 0.07;

/**
 * Width of the rectangle that estimates the derivative of JumpReLU's step: for inputs of mean norm √dIn that L0 features
 * make up, an activation is about √(dIn/L0).
 */
const bandwidthOf = (dIn: number, targetL0: number): number => BANDWIDTH * Math.sqrt(dIn / targetL0);

const chosen = { adjust() {}, penalized: false };

export const kinds: Readonly<Record<SaeKind, Kind>> = {
  batchtopk: { select: selectBatchTopK, ...chosen },
  topk: { select: (state, targetL0) => selectTopK(state, Math.round(targetL0)), ...chosen },
  /** ‖x − x̂‖² + λ·‖f‖₁. Source: Kissane et al. 2024, arXiv:2406.17759, section 2. */
  relu: {
    select: selectPositive,
    adjust({ options, floats }, entries, { lambda }) {
      const penalty = lambda / options.batch;
      for (let entry = 0; entry < entries.values.length; entry++) floats.dots[entry] = floats.dots[entry] + penalty;
    },
    penalized: true,
  },
  jumprelu: { select: selectJumpRelu, adjust: adjustJumpRelu, penalized: true },
};

function selectJumpRelu(state: SaeState, targetL0: number): Entries {
  const { p: theta } = state.parameters.theta;
  const half = bandwidthOf(state.options.dIn, targetL0) / 2;
  const entries = selectAbove(
    state,
    theta.map((value) => value - half),
  );
  const { features, values } = entries;
  for (let entry = 0; entry < values.length; entry++) {
    if (values[entry] <= theta[features[entry]]) values[entry] = 0;
  }
  return entries;
}

/**
 * Loss ‖x − x̂‖² + λ·L0 with straight-through estimates, where |pre − θ| < ε/2: ∂/∂pre has (θ·∂loss/∂f + λ)/ε more, and
 * ∂/∂θ is the negative of it. θ alone moves by its learning rate a step at most: after 131,072 tokens it was not where it
 * should be, L0 twice what was asked for; through the encoder L0 follows, and more variance is explained.
 * Source: Rajamanoharan et al. 2024, arXiv:2407.14435, section 4; the encoder's part Anthropic, January 2025.
 */
function adjustJumpRelu(
  { options, parameters, floats }: SaeState,
  { features, values }: Entries,
  { lambda, targetL0 }: Sparsity,
): void {
  const { p: theta, g } = parameters.theta;
  const { dots } = floats;
  const bandwidth = bandwidthOf(options.dIn, targetL0);
  for (let entry = 0; entry < values.length; entry++) {
    const [feature, value, dot] = [features[entry], values[entry], dots[entry]];
    const threshold = theta[feature];
    const isNear = value < threshold + bandwidth / 2;
    const step = isNear ? (threshold * dot + lambda / options.batch) / bandwidth : 0;
    g[feature] = g[feature] - step;
    dots[entry] = (value > 0 ? dot : 0) + step;
  }
}
