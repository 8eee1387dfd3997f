import type { Random } from '../numbers/seeded-random.ts';
import { type SaeState, tensorOf, unitVector } from './sae-state.ts';
import { type SaeParameter, stateNames } from './sae-step.ts';

/** The length of a revived feature's encoder column, as a part of the living ones' mean. */
const REVIVED_ENCODER = 0.2;

/** Inputs to choose from, x [token, dIn], and the squared error ‖x − ẑ‖² of each. */
export interface Candidates {
  readonly x: Float32Array;
  readonly errors: Float32Array;
}

/**
 * New decoder rows [dSae, dIn] in which each dead feature has the direction of x − bDec of a badly explained input,
 * drawn in proportion to its squared loss; the others keep theirs.
 * Source: Bricken et al. 2023, "Towards Monosemanticity", appendix "Neuron Resampling".
 */
export function redirectedRows(
  state: SaeState,
  dead: readonly number[],
  { x, errors }: Candidates,
  random: Random,
): Float32Array {
  const bDec = tensorOf(state, 'bDec').data;
  const rows = Float32Array.from(tensorOf(state, 'wDec').data);
  const chosen = drawByWeight(errors, dead.length, random);
  dead.slice(0, chosen.length).forEach((feature, i) => {
    const token = chosen[i] ?? 0;
    const centred = Float64Array.from(bDec, (bias, d) => (x[token * bDec.length + d] ?? 0) - bias);
    setRow(rows, feature, unitVector(centred));
  });
  return rows;
}

/**
 * Restarts dead features in place at the directions of `rows`: the encoder column short, its bias so that the feature
 * is active above `thresholds` [dSae] along the row, Adam's means 0.
 * Bricken et al. put the bias to 0: the features then fire on half of all tokens, which only a long training mends.
 */
export function revive(
  state: SaeState,
  dead: readonly number[],
  { rows, thresholds }: { rows: Float32Array; thresholds: ArrayLike<number> },
): void {
  const dIn = tensorOf(state, 'bDec').data.length;
  const length = REVIVED_ENCODER * meanEncoderNorm(state, dead);
  const zeros = new Float64Array(dIn);
  for (const feature of dead) {
    const direction = Float64Array.from(rows.subarray(feature * dIn, (feature + 1) * dIn));
    const encoder = direction.map((value) => value * length);
    setFeature(state, feature, { wDec: direction, wEnc: encoder, bEnc: -length * (thresholds[feature] ?? 0) });
    for (const kind of ['m', 'v'] as const) setFeature(state, feature, { wDec: zeros, wEnc: zeros, bEnc: 0 }, kind);
  }
}

interface FeatureValues {
  readonly wDec: Float64Array;
  readonly wEnc: Float64Array;
  readonly bEnc: number;
}

function setFeature(
  state: SaeState,
  feature: number,
  values: FeatureValues,
  kind: 'value' | 'm' | 'v' = 'value',
): void {
  const data = (name: SaeParameter) => tensorOf(state, stateNames(name)[kind]).data;
  setRow(data('wDec'), feature, values.wDec);
  setColumn(data('wEnc'), feature, values.wEnc);
  data('bEnc')[feature] = values.bEnc;
}

function setRow(matrix: Float32Array, row: number, values: Float64Array): void {
  matrix.set(values, row * values.length);
}

function setColumn(matrix: Float32Array, column: number, values: Float64Array): void {
  const columns = matrix.length / values.length;
  for (let row = 0; row < values.length; row++) matrix[row * columns + column] = values[row] ?? 0;
}

/** Mean norm of the encoder columns of features that are not dead; of all where all are. */
function meanEncoderNorm(state: SaeState, dead: readonly number[]): number {
  const { data, shape } = tensorOf(state, 'wEnc');
  const dSae = shape[1] ?? 1;
  const squares = new Float64Array(dSae);
  for (let i = 0; i < data.length; i++) squares[i % dSae] = (squares[i % dSae] ?? 0) + (data[i] ?? 0) ** 2;
  const skipped = new Set(dead.length < dSae ? dead : []);
  const norms = Array.from(squares, Math.sqrt).filter((_, feature) => !skipped.has(feature));
  return norms.reduce((sum, norm) => sum + norm, 0) / norms.length;
}

/**
 * Draws `count` different indices, at most all, each draw in proportion to weight²: the largest u^(1/w).
 * Source: Efraimidis, Spirakis 2006, "Weighted random sampling with a reservoir".
 */
function drawByWeight(weights: Float32Array, count: number, random: Random): number[] {
  const keys = Array.from(weights, (weight, index) => ({
    index,
    key: Math.log(1 - random()) / (weight * weight + 1e-30),
  }));
  return keys
    .sort((a, b) => b.key - a.key || a.index - b.index)
    .slice(0, count)
    .map(({ index }) => index);
}
