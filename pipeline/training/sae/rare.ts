import type { Engine } from '../../engine/program.ts';
import { type Encoder, encodeBatch } from './encoder.ts';
import { Greatest } from './greatest.ts';
import { type BlockRows, type Blocks, rowsFrom, tokensOfGreatest } from './greatest-tokens.ts';
import type { Entries } from './kernels.ts';
import { selectAbove, TooManyActive } from './select.ts';
import { widthOf } from './shape.ts';
import type { SaeState } from './state.ts';
import { type Gain, LEAST_ACTIVE, usefulFloor } from './useful-floor.ts';

/** A feature is rare that is active less than once in so many tokens. */
const RARE = 20_000;

export interface RareOptions {
  readonly engine: Engine;
  readonly encoder: Encoder;
  /** Activations that were trained on, and the layer's place in them. */
  readonly blocks: Blocks;
  readonly index: number;
  /** How many tokens of the last block to go through for all features, at most. */
  readonly mostTokens: number;
  /** What a pre-activation must exceed beside its feature's theta. */
  readonly threshold: number;
}

/**
 * Lowers theta of rare features, each to where it is active once in RARE tokens, or less where only its greatest activations
 * lessen ‖x − x̂‖² in sum, or not at all. One threshold for all features leaves silent what would be useful below it: of
 * BatchTopK, whose activations compete, the features of the smallest ones. Features of fewer than LEAST_ACTIVE activations in
 * the tokens of the last block are looked for in all blocks. Returns how many features have a lower threshold than before;
 * none where the tokens are too few to tell, or more features active than the state has room for.
 */
export async function lowerRareThresholds(state: SaeState, options: RareOptions): Promise<number> {
  const { blocks, mostTokens } = options;
  const last = blocks.length - 1;
  const { tokens: inLast } = await blocks[last]();
  const tokens = Math.min(mostTokens, inLast);
  const sample = { block: last, rows: rowsFrom(0, wholeBatches(state, tokens)) };
  const all = Array.from({ length: state.options.dSae }, (_, feature) => feature);
  const { lowered, scarce } = await lowerAmong(state, options, { features: all, tokens, places: [sample] });
  if (scarce.length === 0 || blocks.length === 1) return lowered;
  const inAll = blocks.length * inLast; // they are of one size
  const places = await tokensOfGreatest(state, scarce, { ...options, most: Math.floor(inAll / RARE) + 1 });
  return lowered + (await lowerAmong(state, options, { features: scarce, tokens: inAll, places })).lowered;
}

const wholeBatches = ({ options: { batch } }: SaeState, tokens: number): number => tokens - (tokens % batch);

interface Search {
  readonly features: readonly number[];
  /** Of how many tokens the places hold the features' greatest pre-activations. */
  readonly tokens: number;
  readonly places: readonly BlockRows[];
}

interface Lowered {
  readonly lowered: number;
  /** Features that are active fewer than LEAST_ACTIVE times in the places still. */
  readonly scarce: readonly number[];
}

const nothing: Lowered = { lowered: 0, scarce: [] };

async function lowerAmong(state: SaeState, options: RareOptions, search: Search): Promise<Lowered> {
  const wanted = Math.floor(search.tokens / RARE);
  if (wanted < LEAST_ACTIVE) return nothing;
  const { dSae } = state.options;
  const theta = state.parameters.theta.p.subarray(0, dSae);
  const floors = theta.map((value) => value + options.threshold);
  const greatest = new Map(search.features.map((feature) => [feature, new Greatest<Gain>(wanted + 1)]));
  const active = new Uint32Array(dSae);
  try {
    for await (const { entries, rows } of activeEntries(state, floors, options, search.places)) {
      for (const feature of entries.features.subarray(0, entries.rowStart[rows])) active[feature]++;
      offerBatch(state, { entries, rows, floors, greatest });
    }
  } catch (error) {
    if (error instanceof TooManyActive) return nothing;
    throw error;
  }
  const scarce: number[] = [];
  let lowered = 0;
  for (const [feature, { kept }] of greatest) {
    const floor = usefulFloor(kept, wanted, floors[feature]);
    if (floor === undefined && active[feature] < LEAST_ACTIVE) scarce.push(feature);
    if (floor === undefined) continue;
    theta[feature] = floor - options.threshold;
    lowered++;
  }
  return { lowered, scarce };
}

/** What is active on each batch of the tokens, its first `rows` rows; the state's x and pre are then those of the batch. */
async function* activeEntries(
  state: SaeState,
  floors: Float32Array,
  { blocks, index, encoder }: RareOptions,
  places: readonly BlockRows[],
): AsyncGenerator<{ readonly entries: Entries; readonly rows: number }> {
  const { batch } = state.options;
  for (const { block, rows } of places) {
    const activations = await blocks[block]();
    for (let first = 0; first < rows.length; first += batch) {
      const some = rows.subarray(first, first + batch);
      activations.read(index, some, state.floats.x, widthOf(state.options));
      await encodeBatch(encoder, state);
      yield { entries: selectAbove(state, floors), rows: some.length };
    }
  }
}

interface Offer {
  readonly entries: Entries;
  /** Those of the batch that are offered; what comes after is of another. */
  readonly rows: number;
  readonly floors: Float32Array;
  readonly greatest: ReadonlyMap<number, Greatest<Gain>>;
}

/** Offers each feature its pre-activations of a batch. */
function offerBatch(state: SaeState, { entries, rows, floors, greatest }: Offer): void {
  const { floats, ints, kernels, parameters, options } = state;
  const { batch, dSae } = options;
  const width = widthOf(options);
  const residual = floats.residual.subarray(0, batch * width);
  kernels.lessRows(residual, parameters.bDec.p, floats.x);
  kernels.decode(residual, parameters.wDec.p, entries, width);
  floats.floors.fill(Number.POSITIVE_INFINITY);
  for (const [feature, { least }] of greatest) {
    if (least < floors[feature]) floats.floors[feature] = least; // or it is active often enough
  }
  const among = { floors: floats.floors, positions: ints.auxPositions, values: floats.auxCandidates };
  for (let token = 0; token < rows; token++) {
    const error = residual.subarray(token * width, (token + 1) * width);
    const found = kernels.compactAmong(floats.pre.subarray(token * dSae, (token + 1) * dSae), 0, among);
    for (let i = 0; i < found; i++) {
      const [feature, pre] = [among.positions[i], among.values[i]];
      const own = greatest.get(feature);
      if (!own) continue;
      const row = parameters.wDec.p.subarray(feature * width, (feature + 1) * width);
      own.offer({ pre, gain: pre > floors[feature] ? 0 : -pre * (2 * dot(error, row) + pre) });
      floats.floors[feature] = own.least;
    }
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
