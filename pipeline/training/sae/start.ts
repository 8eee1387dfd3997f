import { type Random, randomInteger, randomNormal } from '../../numbers/seeded-random.ts';
import { type Encoder, encodeBatch } from './encoder.ts';
import type { Entries } from './kernels.ts';
import type { SaeKind } from './kind-names.ts';
import { sampleQuantile, selectBatchTopK } from './select.ts';
import { widthOf } from './shape.ts';
import type { SaeState } from './state.ts';

export interface StartOptions {
  readonly kind: SaeKind;
  readonly targetL0: number;
  readonly encoder: Encoder;
  /** Centred and scaled activations [token, width]. */
  readonly sample: Float32Array;
  readonly random: Random;
}

/** Of a penalized kind, the active features at the start, as a multiple of those asked for. */
const START = 1.5;
/** Rows of a greater cosine would stay twins; another token is drawn, so many times at most. */
const ALIKE = 0.7;
const DRAWS = 16;
/** Tokens of which a random direction in the span of the sample is made. */
const MIXED = 64;

/**
 * Where an SAE starts: each decoder row the direction of a random token of the sample, unlike the others, so that it is
 * in the subspace that activations fill; wEnc = gain·wDec with the gain whose first reconstruction is nearest; bDec = 0,
 * x being centred. Source: Gao et al. 2024, arXiv:2406.04093, appendix A.1; for the subspace arXiv:2508.16929.
 */
export async function startState(
  state: SaeState,
  { kind, targetL0, encoder, sample, random }: StartOptions,
): Promise<void> {
  const { floats, parameters, options } = state;
  const { batch, dSae } = options;
  const width = widthOf(options);
  for (let feature = 0; feature < dSae; feature++) startRow(state, feature, sample, random);
  const rows = parameters.wDec.p;
  parameters.wEnc.p.set(rows);
  floats.x.set(sample.subarray(0, batch * width));
  await encodeBatch(encoder, state);
  const threshold = sampleQuantile(floats.pre.subarray(0, batch * dSae), Math.min(0.5, (START * targetL0) / dSae));
  const gain = nearestGain(state, selectBatchTopK(state, targetL0));
  for (let i = 0; i < rows.length; i++) parameters.wEnc.p[i] = gain * rows[i];
  if (kind === 'relu') parameters.bEnc.p.fill(-gain * threshold, 0, dSae);
  if (kind === 'jumprelu') parameters.theta.p.fill(gain * threshold, 0, dSae);
}

/** JumpReLU's λ at the start in units of θ²: thresholds rise some threefold, and λ ends near their square. */
const START_LAMBDA = 5;

/** The penalty that a started SAE begins with, before its warm-up. */
export const startingLambda = ({ parameters }: SaeState, kind: SaeKind): number =>
  kind === 'jumprelu' ? Math.fround(START_LAMBDA * parameters.theta.p[0] ** 2) : 1;

/** Sets a row of wDec to a unit vector that is unlike those before it. */
function startRow(
  { kernels, parameters, options }: SaeState,
  feature: number,
  sample: Float32Array,
  random: Random,
): void {
  const width = widthOf(options);
  const before = parameters.wDec.p.subarray(0, feature * width);
  const row = parameters.wDec.p.subarray(feature * width, (feature + 1) * width);
  for (let draw = 0; draw < DRAWS; draw++) {
    row.set(rowOf(sample, randomInteger(random, 0, sample.length / width - 1), width));
    kernels.unitRows(row, width);
    if (kernels.greatestDot(row, before) < ALIKE) return;
  }
  row.fill(0);
  for (let i = 0; i < MIXED; i++) {
    const token = rowOf(sample, randomInteger(random, 0, sample.length / width - 1), width);
    const weight = randomNormal(random);
    for (let d = 0; d < width; d++) row[d] = row[d] + weight * token[d];
  }
  kernels.unitRows(row, width);
}

const rowOf = (rows: Float32Array, index: number, width: number) => rows.subarray(index * width, (index + 1) * width);

/** <x, r>/‖r‖² of the reconstruction r = Σ f·wDec. */
function nearestGain({ kernels, floats, parameters, options }: SaeState, entries: Entries): number {
  const { x, residual } = floats;
  residual.fill(0);
  kernels.decode(residual, parameters.wDec.p, entries, widthOf(options));
  let [product, square] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    product += x[i] * residual[i];
    square += residual[i] ** 2;
  }
  return square > 0 ? product / square : 1;
}
