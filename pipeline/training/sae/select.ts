import { firstEntries } from './first-entries.ts';
import type { Entries } from './kernels.ts';
import { largestOfTokens } from './largest-of-tokens.ts';
import { kthLargest } from './quick-select.ts';
import type { SaeState, StateOptions } from './state.ts';

/** How many of a batch's pre-activations a guess of a threshold looks at. */
const SAMPLE = 2 ** 15;
/** A guess aims at this many times the entries wanted: of 28 in 2,048 it fails once in some thousand batches. */
const SPARE = 1.15;

/** More pre-activations passed the thresholds than there is room for. */
export class TooManyActive extends Error {}

/** The batch·k largest positive pre-activations of a batch, one at the least. Source: Bussmann et al. 2024, arXiv:2412.06410. */
export function selectBatchTopK(state: SaeState, k: number): Entries {
  const wanted = Math.max(1, Math.round(k * state.options.batch));
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
  const { ints, floats, options } = state;
  floats.floors.fill(Number.POSITIVE_INFINITY).fill(0, 0, options.dSae);
  return largestOfTokens(state, k, { rowStart: ints.rowStart, features: ints.features, values: floats.values });
}

/** All positive pre-activations: ReLU. */
export function selectPositive(state: SaeState): Entries {
  return entriesWhere(state, above(state, 0), () => true);
}

/** All pre-activations above their feature's floor [dSae]. */
export function selectAbove(state: SaeState, floors: Float32Array): Entries {
  const { options, ints, floats, kernels } = state;
  const { batch, dSae } = options;
  const { rowStart, features } = ints;
  const among = { floors: floats.floors, positions: ints.auxPositions, values: floats.auxCandidates };
  among.floors.fill(Number.POSITIVE_INFINITY);
  among.floors.set(floors.subarray(0, dSae));
  let kept = 0;
  for (let token = 0; token < batch; token++) {
    rowStart[token] = kept;
    const row = floats.pre.subarray(token * dSae, (token + 1) * dSae);
    const found = kernels.compactAmong(row, Number.NEGATIVE_INFINITY, among);
    if (kept + found > options.entries) throw tooManyActive(options);
    features.set(among.positions.subarray(0, found), kept);
    floats.values.set(among.values.subarray(0, found), kept);
    kept += found;
  }
  rowStart[batch] = kept;
  return firstEntries({ rowStart, features, values: floats.values }, batch, kept);
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
  const found = kernels.compact(floats.pre, bound, ints.positions, floats.candidates, options.entries + 1);
  if (found <= options.entries) return found;
  throw tooManyActive(options);
}

const tooManyActive = ({ entries, batch }: StateOptions): TooManyActive =>
  new TooManyActive(`more than ${Math.floor(entries / batch)} active features a token`);

/** About what a share of the numbers are above, by every so many of them. */
export function sampleQuantile(values: Float32Array, share: number): number {
  const stride = Math.max(1, Math.floor(values.length / SAMPLE)) | 1;
  const sample = new Float32Array(Math.ceil(values.length / stride));
  for (let i = 0; i < sample.length; i++) sample[i] = values[i * stride];
  return kthLargest(sample, Math.min(sample.length, Math.max(1, Math.round(share * sample.length))));
}

/** Those of the first `found` candidates whose value is to be kept, grouped by token. */
function entriesWhere({ options, floats, ints }: SaeState, found: number, keep: (value: number) => boolean): Entries {
  const { batch, dSae } = options;
  const { rowStart, features, positions } = ints;
  const { candidates: given, values } = floats;
  let [token, kept] = [0, 0];
  rowStart[0] = 0;
  for (let i = 0; i < found; i++) {
    const [position, value] = [positions[i], given[i]];
    while (position >= (token + 1) * dSae) rowStart[++token] = kept;
    if (!keep(value)) continue;
    features[kept] = position - token * dSae;
    values[kept++] = value;
  }
  while (token < batch) rowStart[++token] = kept;
  return firstEntries({ rowStart, features, values }, batch, kept);
}
