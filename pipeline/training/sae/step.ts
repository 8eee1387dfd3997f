import { addAuxiliary } from './auxiliary.ts';
import { addEncoderGradient } from './gradient.ts';
import type { Entries } from './kernels.ts';
import type { Kind } from './kinds.ts';
import { byPrefix } from './prefixes.ts';
import { lossScale, residualOf } from './residual.ts';
import { widthOf } from './shape.ts';
import type { SaeState } from './state.ts';
import { updateParameters } from './update.ts';

export interface StepOptions {
  readonly kind: Kind;
  readonly targetL0: number;
  /** Penalty on sparsity, of the kinds that have one. */
  readonly lambda: number;
  readonly learningRate: number;
  /** Steps done before this one. */
  readonly done: number;
  /** Ends of the nested prefixes of features, the last of them dSae; only that one unless Matryoshka. */
  readonly prefixes: readonly number[];
  /** Features that have not been active for long. */
  readonly dead: Int32Array;
}

/** Means over the tokens of a step. */
export interface StepFigures {
  /** ‖x − x̂‖², of all features */
  readonly error: number;
  readonly l0: number;
  /** The least activation above 0. */
  readonly threshold: number;
  /** Norm of the gradient, before clipping. */
  readonly gradient: number;
}

/**
 * One step on the state's x [token, width], whose pre-activations are in `pre`; the loss is a mean over tokens.
 * Only the encoder's product is dense: all that is done here touches the rows of active features alone.
 */
export function takeStep(state: SaeState, options: StepOptions): { figures: StepFigures; entries: Entries } {
  const entries = options.kind.select(state, options.targetL0);
  const error = backward(state, entries, options);
  if (options.dead.length > 0) addAuxiliary(state, options.dead, options.prefixes);
  const gradient = updateParameters(state, options);
  return { figures: { error, gradient, ...sparsityOf(entries) }, entries };
}

/** Adds the gradients of the mean over prefixes of ‖x − x̂‖², and returns the mean ‖x − x̂‖² of all features. */
function backward(state: SaeState, entries: Entries, { kind, prefixes, ...sparsity }: StepOptions): number {
  const { kernels, floats, parameters } = state;
  const width = widthOf(state.options);
  const parts = byPrefix(state, entries, prefixes);
  const residuals = parts.map((_, i) => residualOf(state, i));
  kernels.lessRows(residualOf(state, 0), parameters.bDec.p, floats.x);
  parts.forEach((part, i) => {
    const residual = residualOf(state, i);
    if (i > 0) residual.set(residualOf(state, i - 1));
    kernels.decode(residual, parameters.wDec.p, part, width);
  });
  const error = meanSquare(state, residualOf(state, parts.length - 1));
  sumToCome(state, residuals, lossScale(state, prefixes));
  parts.forEach((part, i) => {
    const residual = residualOf(state, i);
    kernels.dots(floats.dots, residual, parameters.wDec.p, part, width);
    kind.adjust(state, part, sparsity);
    kernels.scatter(parameters.wDec.g, residual, part, width);
    addEncoderGradient(state, part, floats.dots);
  });
  kernels.addRows(parameters.bDec.g, residualOf(state, 0));
  return error;
}

/** A feature is in its own prefix and all that come after: each residual becomes the scaled sum from there on. */
function sumToCome({ kernels }: SaeState, residuals: readonly Float32Array[], factor: number): void {
  let after: Float32Array | undefined;
  for (const residual of residuals.toReversed()) {
    kernels.scale(residual, factor);
    if (after) for (let i = 0; i < residual.length; i++) residual[i] = residual[i] + after[i];
    after = residual;
  }
}

function meanSquare({ kernels, options }: SaeState, rows: Float32Array): number {
  const width = widthOf(options);
  let sum = 0;
  for (let row = 0; row < rows.length; row += width) sum += kernels.squares(rows.subarray(row, row + width));
  return sum / options.batch;
}

function sparsityOf({ values, rowStart }: Entries): Pick<StepFigures, 'l0' | 'threshold'> {
  let [active, least] = [0, Number.POSITIVE_INFINITY];
  for (let entry = 0; entry < values.length; entry++) {
    if (values[entry] <= 0) continue;
    active++;
    least = Math.min(least, values[entry]);
  }
  return { l0: active / (rowStart.length - 1), threshold: active > 0 ? least : 0 };
}
