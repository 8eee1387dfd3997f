import type { Entries } from './kernels.ts';
import type { SaeKind } from './kind-names.ts';
import { selectAbove, selectBatchTopK, selectPositive, selectTopK } from './select.ts';
import type { SaeState } from './state.ts';

/** How one kind of SAE chooses its active features, and what its loss adds to ‖x − x̂‖². */
export interface Kind {
  /** The batch's entries: those whose gradient counts; of these the active ones have a value above 0. */
  select(state: SaeState, targetL0: number): Entries;
  /**
   * Turns entry.dots from ∂loss/∂f into ∂loss/∂pre, the penalty `lambda` on sparsity added, and adds the gradient of
   * theta.
   */
  adjust(state: SaeState, entries: Entries, lambda: number): void;
  /** Whether a penalty is moved until L0 is as asked for. */
  readonly penalized: boolean;
}

/** Width of the rectangle that estimates the derivative of JumpReLU's step, for inputs of mean norm √dIn. */
const BANDWIDTH = 0.5;

const chosen = { adjust() {}, penalized: false };

export const kinds: Readonly<Record<SaeKind, Kind>> = {
  batchtopk: { select: selectBatchTopK, ...chosen },
  topk: { select: (state, targetL0) => selectTopK(state, Math.round(targetL0)), ...chosen },
  /** ‖x − x̂‖² + λ·‖f‖₁. Source: Kissane et al. 2024, arXiv:2406.17759, section 2. */
  relu: {
    select: selectPositive,
    adjust({ options, floats }, entries, lambda) {
      const penalty = lambda / options.batch;
      for (let entry = 0; entry < entries.values.length; entry++) floats.dots[entry] = floats.dots[entry] + penalty;
    },
    penalized: true,
  },
  jumprelu: { select: selectJumpRelu, adjust: adjustJumpRelu, penalized: true },
};

function selectJumpRelu(state: SaeState): Entries {
  const { p: theta } = state.parameters.theta;
  const floors = theta.map((value) => value - BANDWIDTH / 2);
  const entries = selectAbove(state, floors);
  const { features, values } = entries;
  for (let entry = 0; entry < values.length; entry++) {
    if (values[entry] <= theta[features[entry]]) values[entry] = 0;
  }
  return entries;
}

/**
 * Loss ‖x − x̂‖² + λ·L0 with straight-through estimates: ∂/∂θ = −(θ·∂loss/∂f + λ)/ε where |pre − θ| < ε/2.
 * Source: Rajamanoharan et al. 2024, arXiv:2407.14435, section 4.
 */
function adjustJumpRelu({ options, parameters, floats }: SaeState, entries: Entries, lambda: number): void {
  const { p: theta, g } = parameters.theta;
  const { features, values } = entries;
  const { dots } = floats;
  for (let entry = 0; entry < values.length; entry++) {
    const [feature, value, dot] = [features[entry], values[entry], dots[entry]];
    const threshold = theta[feature];
    if (value < threshold + BANDWIDTH / 2) {
      g[feature] = g[feature] - (threshold * dot + lambda / options.batch) / BANDWIDTH;
    }
    if (value === 0) dots[entry] = 0;
  }
}
