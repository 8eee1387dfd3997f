import type { Engine } from '../../engine/program.ts';
import type { ActivationBlock } from './block.ts';
import { compileEncoder, encodeBatch } from './encoder.ts';
import { Greatest } from './greatest.ts';
import { widthOf } from './shape.ts';
import type { SaeState } from './state.ts';

/** Blocks of activations, each read when it is asked for. */
export type Blocks = readonly (() => Promise<ActivationBlock>)[];

/** Rows of a block, in rising order. */
export interface BlockRows {
  readonly block: number;
  readonly rows: Int32Array;
}

interface GreatestTokensOptions {
  readonly engine: Engine;
  readonly blocks: Blocks;
  /** The layer's place in them. */
  readonly index: number;
  /** How many tokens a feature. */
  readonly most: number;
}

interface Place {
  readonly pre: number;
  readonly block: number;
  readonly row: number;
}

/**
 * The tokens on which some features have their greatest positive pre-activations, of all features together, by block. Only the
 * encoder rows of these features are computed: 2·tokens·features·dIn floating-point operations.
 */
export async function tokensOfGreatest(
  state: SaeState,
  features: readonly number[],
  { engine, blocks, index, most }: GreatestTokensOptions,
): Promise<BlockRows[]> {
  const few = encoderRows(state, features);
  const { batch } = few.options;
  const encoder = await compileEncoder(engine, few.options);
  const greatest = features.map(() => new Greatest<Place>(most));
  for (const [block, open] of blocks.entries()) {
    const activations = await open();
    for (let first = 0; first + batch <= activations.tokens; first += batch) {
      activations.read(index, rowsFrom(first, batch), state.floats.x, widthOf(few.options));
      await encodeBatch(encoder, few);
      offerTokens(state, greatest, { block, first });
    }
  }
  await encoder.dispose();
  const places = greatest.flatMap(({ kept }) => kept);
  return blocks.map((_, block) => ({ block, rows: rowsOf(places.filter((place) => place.block === block)) }));
}

export const rowsFrom = (first: number, count: number): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => first + i);

const rowsOf = (places: readonly Place[]): Int32Array => Int32Array.from(new Set(places.map(({ row }) => row))).sort();

/** The state with the encoder rows of some features alone. */
function encoderRows({ options, floats, parameters }: SaeState, features: readonly number[]) {
  const width = widthOf(options);
  const wEnc = new Float32Array(features.length * width);
  features.forEach((feature, place) => {
    wEnc.set(parameters.wEnc.p.subarray(feature * width, (feature + 1) * width), place * width);
  });
  const bEnc = Float32Array.from(features, (feature) => parameters.bEnc.p[feature]);
  return {
    options: { dIn: options.dIn, dSae: features.length, batch: options.batch },
    floats: { x: floats.x, pre: floats.pre },
    parameters: { wEnc: { p: wEnc }, bEnc: { p: bEnc } },
  };
}

/** Offers each feature its pre-activations of a batch, [batch, feature] in the state's `pre`. */
function offerTokens(
  { floats, ints, kernels, options }: SaeState,
  greatest: readonly Greatest<Place>[],
  { block, first }: { readonly block: number; readonly first: number },
): void {
  const count = greatest.length;
  floats.floors.fill(Number.POSITIVE_INFINITY);
  greatest.forEach(({ least }, place) => {
    floats.floors[place] = least;
  });
  const among = { floors: floats.floors, positions: ints.auxPositions, values: floats.auxCandidates };
  for (let token = 0; token < options.batch; token++) {
    const found = kernels.compactAmong(floats.pre.subarray(token * count, (token + 1) * count), 0, among);
    for (let i = 0; i < found; i++) {
      const place = among.positions[i];
      greatest[place].offer({ pre: among.values[i], block, row: first + token });
      floats.floors[place] = greatest[place].least;
    }
  }
}
