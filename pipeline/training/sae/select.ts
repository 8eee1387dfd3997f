import type { Entries } from './kernels.ts';
import { kthLargest } from './quick-select.ts';
import type { SaeState } from './state.ts';

/** How many of a batch's pre-activations a guess of a threshold looks at. */
const SAMPLE = 2 ** 15;
/** A guess aims at this many times the entries wanted: of 28 in 2,048 it fails once in some thousand batches. */
const SPARE = 1.15;

/** More pre-activations passed the thresholds than there is room for. */
export class TooManyActive extends Error {}

/** The batch·k largest positive pre-activations of a batch. Source: Bussmann et al. 2024, arXiv:2412.06410. */
export function selectBatchTopK(state: SaeState, k: number): Entries {
  const wanted = Math.round(k * state.options.batch);
  const found = candidates(state, wanted);
  if (found <= wanted) return entriesWhere(state, found, () => true);
  const values = state.floats.candidates.subarray(0, found);
  const least = kthLargest(values.slice(), wanted);
  let ties = wanted;
  for (let i = 0; i < found; i++) if (values[i] > least) ties--;
  return entriesWhere(state, found, (value) => value > least || (value === least && ties-- > 0));
}

/** Each token's k largest positive pre-activations. Source: Gao et al. 2024, arXiv:2406.04093. */
export function selectTopK(state: SaeState, k: number): Entries {
  const { batch, dSae } = state.options;
  const least = new Float32Array(batch);
  const ties = new Int32Array(batch);
  for (let token = 0; token < batch; token++) {
    const row = state.floats.pre.slice(token * dSae, (token + 1) * dSae);
    const bound = kthLargest(row, k);
    let left = k;
    for (let i = 0; i < k; i++) if (row[i] > bound) left--; // the k largest are in front now
    least[token] = bound;
    ties[token] = left;
  }
  const lowest = least.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const found = above(state, Math.max(0, Math.min(lowest, lowest * (1 - 1e-6))));
  return entriesWhere(state, found, (value, token) => {
    const bound = least[token];
    if (value !== bound) return value > bound;
    const left = ties[token];
    ties[token] = left - 1;
    return left > 0;
  });
}

/** All positive pre-activations: ReLU. */
export function selectPositive(state: SaeState): Entries {
  return entriesWhere(state, above(state, 0), () => true);
}

/** All pre-activations above their feature's floor [dSae]. */
export function selectAbove(state: SaeState, floors: Float32Array): Entries {
  const lowest = floors.subarray(0, state.options.dSae).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return entriesWhere(state, above(state, lowest), (value, _, feature) => value > floors[feature]);
}

/** Puts what is among the `wanted` largest positive ones, and some more, into the state's candidates: their number. */
function candidates(state: SaeState, wanted: number): number {
  const { batch, dSae } = state.options;
  const pre = state.floats.pre.subarray(0, batch * dSae);
  for (let aim = SPARE * wanted; ; aim *= 2) {
    const least = aim >= pre.length ? 0 : Math.max(0, sampleQuantile(pre, aim / pre.length));
    const found = above(state, least);
    if (found >= wanted || least === 0) return found;
  }
}

/** Puts all pre-activations above a bound into the state's candidates: their number. */
function above({ options, floats, ints, kernels }: SaeState, bound: number): number {
  const found = kernels.compact(floats.pre, bound, ints.positions, floats.candidates, options.entries);
  if (found < options.entries) return found;
  throw new TooManyActive(`more than ${Math.floor(options.entries / options.batch)} active features a token`);
}

/** About what a share of the numbers are above, by every so many of them. */
export function sampleQuantile(values: Float32Array, share: number): number {
  const stride = Math.max(1, Math.floor(values.length / SAMPLE)) | 1;
  const sample = new Float32Array(Math.ceil(values.length / stride));
  for (let i = 0; i < sample.length; i++) sample[i] = values[i * stride];
  return kthLargest(sample, Math.min(sample.length, Math.max(1, Math.round(share * sample.length))));
}

type Keep = (value: number, token: number, feature: number) => boolean;

/** The first `found` candidates that are to be kept, grouped by token. */
function entriesWhere({ options, floats, ints }: SaeState, found: number, keep: Keep): Entries {
  const { batch, dSae } = options;
  const { rowStart, features, positions } = ints;
  const { candidates: given, values } = floats;
  let [token, kept] = [0, 0];
  rowStart[0] = 0;
  for (let i = 0; i < found; i++) {
    const [position, value] = [positions[i], given[i]];
    while (position >= (token + 1) * dSae) rowStart[++token] = kept;
    const feature = position - token * dSae;
    if (!keep(value, token, feature)) continue;
    features[kept] = feature;
    values[kept++] = value;
  }
  while (token < batch) rowStart[++token] = kept;
  return {
    rowStart: rowStart.subarray(0, batch + 1),
    features: features.subarray(0, kept),
    values: values.subarray(0, kept),
  };
}
