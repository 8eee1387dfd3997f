import type { Random } from '../../numbers/seeded-random.ts';
import type { Entries } from './kernels.ts';
import type { Kind } from './kinds.ts';
import { lossScale, residualOf } from './residual.ts';
import { type Cell, cellOf } from './revive-cell.ts';
import { widthOf } from './shape.ts';
import type { SaeState } from './state.ts';
import type { RunningFigures } from './training.ts';

/**
 * Silent features are placed anew between these parts of the steps, this many times a training. A feature that is placed
 * takes its share of the active ones from those that are trained, and after UNTIL it has no time left to earn it.
 */
const FROM = 0.5;
const UNTIL = 0.97;
const TIMES = 100;
/** Of all features at most this part is placed at once: more would disturb those that are trained. */
const PART = 0.1;
/** None is placed while the error is above this multiple of the least so far: those placed before have not paid yet. */
const RISEN = 1.02;
/** A feature is placed only where the error's norm is above this multiple of the usual least activation. */
const WORTH = 1.5;
/** Updates that a feature placed anew counts as having had: Adam's means need no bias correction. */
const UPDATES = 1000;

/** Whether silent features are placed anew after so many steps. */
export function isRevival(done: number, steps: number): boolean {
  const every = Math.max(1, Math.round(steps / TIMES));
  return done % every === 0 && done >= FROM * steps && done <= UNTIL * steps;
}

/**
 * Whether the error is back where it was before the last features were placed. Where sparsity is a penalty that is
 * steered, the error follows it and tells nothing.
 */
export const hasRecovered = ({ penalized }: Kind, { error, leastError }: RunningFigures): boolean =>
  penalized || error <= RISEN * leastError;

interface Revival {
  /** Of the step just taken: the state's x and residual are still those of its batch. */
  readonly entries: Entries;
  readonly silent: Int32Array;
  readonly prefixes: readonly number[];
  readonly random: Random;
}

/**
 * Places silent features on tokens that are badly reconstructed, drawn by ‖x − x̂‖²: the decoder row is the direction of
 * the token's error, the encoder row that of x. A token's error, and that of its neighbours, is given to one feature.
 * Returns the features placed, a tenth of all at most.
 * Source: Bricken et al. 2023, "Towards Monosemanticity", neuron resampling; the encoder's cell is this trainer's.
 */
export function reviveFeatures(state: SaeState, { entries, silent, prefixes, random }: Revival): number[] {
  const level = leastActivation(entries);
  const errors = errorRows(state, prefixes);
  const weights = Float64Array.from(errors, ({ norm, own }) => (own > 0 && norm > WORTH * level ? norm ** 2 : 0));
  const moments = usualMoments(state);
  const placed: number[] = [];
  const most = Math.min(silent.length, Math.ceil(PART * state.options.dSae));
  while (placed.length < most) {
    const token = drawn(weights, random);
    if (token === undefined) break;
    weights[token] = 0;
    const cell = cellAround(state, { token, level, error: errors[token] });
    if (!cell) continue;
    for (const other of cell.tokens) weights[other] = 0;
    const feature = silent[placed.length];
    placeFeature(state, feature, { error: errors[token], ...cell, level });
    resetAdam(state, feature, moments);
    placed.push(feature);
  }
  return placed;
}

/** The cell of a token in the direction of x itself, or else in that of its error, which common directions are out of. */
function cellAround(
  state: SaeState,
  { token, level, error }: { readonly token: number; readonly level: number; readonly error: ErrorRow },
): Cell | undefined {
  const width = widthOf(state.options);
  const x = state.floats.x.slice(token * width, (token + 1) * width);
  const others = { token, level, error: error.norm };
  return (
    cellOf(state, { ...others, direction: x }) ?? cellOf(state, { ...others, direction: error.scaled.map((v) => -v) })
  );
}

/** Mean over tokens of their least activation. */
function leastActivation({ rowStart, values }: Entries): number {
  let [sum, tokens] = [0, 0];
  for (let token = 0; token + 1 < rowStart.length; token++) {
    const active = values.subarray(rowStart[token], rowStart[token + 1]).filter((value) => value > 0);
    if (active.length === 0) continue;
    sum += active.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    tokens++;
  }
  return tokens > 0 ? sum / tokens : 0;
}

interface ErrorRow {
  /** (x̂ − x) times the loss's scale */
  readonly scaled: Float32Array;
  /** ‖x − x̂‖ */
  readonly norm: number;
  /** ‖x‖² */
  readonly own: number;
}

function errorRows(state: SaeState, prefixes: readonly number[]): ErrorRow[] {
  const { options, kernels, floats } = state;
  const width = widthOf(options);
  const rows = residualOf(state, prefixes.length - 1);
  const factor = 1 / lossScale(state, prefixes);
  return Array.from({ length: options.batch }, (_, token) => {
    const scaled = rows.subarray(token * width, (token + 1) * width);
    const own = kernels.squares(floats.x.subarray(token * width, (token + 1) * width));
    return { scaled, own, norm: factor * Math.sqrt(kernels.squares(scaled)) };
  });
}

/** An index drawn in proportion to weights; none where all are 0. */
function drawn(weights: Float64Array, random: Random): number | undefined {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i];
  let rest = random() * sum;
  let last: number | undefined;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    rest -= weights[i];
    if (rest < 0) break;
  }
  return last;
}

interface Placement {
  readonly error: ErrorRow;
  readonly direction: Float32Array;
  /** pre(y) = gain·(direction·y − begins) */
  readonly gain: number;
  readonly begins: number;
  readonly level: number;
}

function placeFeature({ parameters, options, kernels }: SaeState, feature: number, placement: Placement): void {
  const { error, direction, gain, begins, level } = placement;
  const width = widthOf(options);
  const at = feature * width;
  const decoder = parameters.wDec.p.subarray(at, at + width);
  decoder.set(error.scaled.map((value) => -value));
  kernels.unitRows(decoder, width);
  parameters.wEnc.p.set(
    direction.map((value) => gain * value),
    at,
  );
  parameters.bEnc.p[feature] = -gain * begins;
  const { p: theta } = parameters.theta;
  if (theta[feature] !== 0) theta[feature] = level;
}

const ROWS = ['wEnc', 'wDec'] as const;
const SCALARS = ['bEnc', 'theta'] as const;
type Moments = Readonly<Record<(typeof ROWS)[number] | (typeof SCALARS)[number], number>>;

/** Means of Adam's second moments over all features. */
function usualMoments({ parameters, options: { dSae } }: SaeState): Moments {
  return {
    wEnc: mean(parameters.wEnc.v),
    wDec: mean(parameters.wDec.v),
    bEnc: mean(parameters.bEnc.v.subarray(0, dSae)),
    theta: mean(parameters.theta.v.subarray(0, dSae)),
  };
}

function mean(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Gives a feature the second moments of a usual one: from 0, Adam's first steps would undo where it was placed. */
function resetAdam({ parameters, options, updates }: SaeState, feature: number, moments: Moments): void {
  const width = widthOf(options);
  for (const name of ROWS) {
    parameters[name].m.fill(0, feature * width, (feature + 1) * width);
    parameters[name].v.fill(moments[name], feature * width, (feature + 1) * width);
  }
  for (const name of SCALARS) {
    parameters[name].m[feature] = 0;
    parameters[name].v[feature] = moments[name];
  }
  updates[feature] = UPDATES;
}
