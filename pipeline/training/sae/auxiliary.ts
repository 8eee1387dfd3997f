import { addEncoderGradient, scale } from './gradient.ts';
import type { Entries } from './kernels.ts';
import { kthLargest } from './quick-select.ts';
import { lossScale, residualOf } from './residual.ts';
import { widthOf } from './shape.ts';
import type { SaeState } from './state.ts';

/** Most dead features that reconstruct the error of one token, where L0 does not ask for fewer. */
const AUX_FEATURES = 64;

/**
 * Dead features that reconstruct the error of one token: as many as are active. Of more, each takes so small a part of
 * the error that it stays below the threshold of activity.
 */
export const auxFeatures = (targetL0: number): number => Math.min(AUX_FEATURES, Math.ceil(targetL0));

/**
 * Adds the gradient of AuxK: the dead features of highest positive pre-activation reconstruct the error x − x̂, which itself is
 * held fixed, without bDec. The loss counts in full from dIn/2 dead features on, and less in proportion below.
 * Source: Gao et al. 2024, arXiv:2406.04093, section A.2; the proportion is SAELens's.
 */
export function addAuxiliary(state: SaeState, dead: Int32Array, prefixes: readonly number[]): void {
  const { kernels, floats, parameters, options } = state;
  const width = widthOf(options);
  const entries = deadEntries(state, dead);
  const rest = floats.aux;
  rest.set(residualOf(state, prefixes.length - 1));
  scale(rest, 1 / lossScale(state, prefixes));
  kernels.decode(rest, parameters.wDec.p, entries, width);
  const weight = Math.min(1, dead.length / (options.dIn / 2));
  scale(rest, (2 * weight) / options.batch);
  kernels.dots(floats.auxDots, rest, parameters.wDec.p, entries, width);
  kernels.scatter(parameters.wDec.g, rest, entries, width);
  addEncoderGradient(state, entries, floats.auxDots);
}

/** Each token's dead features of highest positive pre-activation. */
function deadEntries({ options, floats, ints }: SaeState, dead: Int32Array): Entries {
  const { batch, dSae } = options;
  const { auxRowStart: rowStart, auxFeatures: features } = ints;
  const { auxValues: values, pre } = floats;
  const most = Math.min(options.auxEntries / batch, dead.length);
  const row = new Float32Array(dead.length);
  let kept = 0;
  for (let token = 0; token < batch; token++) {
    rowStart[token] = kept;
    for (let i = 0; i < dead.length; i++) row[i] = pre[token * dSae + dead[i]];
    const least = most < dead.length ? Math.max(0, kthLargest(row.slice(), most)) : 0;
    const end = kept + most;
    for (let i = 0; i < dead.length && kept < end; i++) {
      if (row[i] < least || row[i] <= 0) continue;
      features[kept] = dead[i];
      values[kept++] = row[i];
    }
  }
  rowStart[batch] = kept;
  return {
    rowStart: rowStart.subarray(0, batch + 1),
    features: features.subarray(0, kept),
    values: values.subarray(0, kept),
  };
}
