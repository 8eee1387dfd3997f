import { type Engine, floatSpec, intSpec, program, type TensorSpec } from '../../engine/program.ts';
import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import { unitRows } from '../../numbers/unit-rows.ts';
import type { Sae } from '../../sae/sae.ts';
import { KeptNearest, type Near } from '../neighbours/maths/kept-nearest.ts';
import { greatestAlive, nearestCosines } from './maths/nearest-cosines.ts';

/** How near the decoder directions of an SAE's features are to each other. */
export interface DecoderSimilarity {
  /** Mean over features of the greatest cosine with another feature. */
  readonly averageMaxDecoderCosineSim: number;
  /** Pairs of features whose cosine is over 0.99. */
  readonly nearTwins: number;
}

/** Which features' nearest are wanted besides. */
export interface WantedNearest {
  /** Ascending; the others are nobody's neighbours. */
  readonly alive: readonly number[];
  /** How many of each. */
  readonly count: number;
}

/** By place among the alive features, the alive ones of greatest cosine, the nearest first, by their numbers. */
export type NearestDecoders = readonly (readonly Near[])[];

interface ComparedDecoders {
  readonly similarity: DecoderSimilarity;
  /** Empty where none were wanted. */
  readonly nearest: NearestDecoders;
}

/** Features compared with a block in one product, and the numbers of a block's directions, about: 64 MiB. */
const rowsPerRun = 256;
const blockNumbers = 2 ** 24;

/** Compares all features of an SAE, dead ones too: 2·dSae²·dIn floating-point operations. NaN of a single feature. */
export async function compareDecoders(
  engine: Engine,
  { wDec, dIn, dSae, id }: Pick<Sae, 'wDec' | 'dIn' | 'dSae' | 'id'>,
  wanted: WantedNearest = { alive: [], count: 0 },
  mostNumbers = blockNumbers,
): Promise<ComparedDecoders> {
  if (dSae < 2) {
    const similarity = { averageMaxDecoderCosineSim: Number.NaN, nearTwins: 0 };
    return { similarity, nearest: wanted.alive.map(() => []) };
  }
  const unit = unitRows(wDec);
  const alive = new Uint8Array(dSae);
  for (const feature of wanted.alive) alive[feature] = 1;
  const kept = new KeptNearest(wanted.count > 0 ? dSae : 0, wanted.count);
  const most = Math.min(dSae, Math.max(1, Math.floor(mostNumbers / dIn)));
  const rows = Math.min(dSae, rowsPerRun);
  const nearest = new Float32Array(dSae).fill(-1);
  let nearTwins = 0;
  for (let first = 0; first < dSae; first += most) {
    const candidates = directions(unit, first, Math.min(most, dSae - first));
    const count = candidates.rows.shape[0];
    const areAlive = float32([count], Float32Array.from(alive.subarray(first, first + count)));
    const k = Math.min(wanted.count, count);
    const compare = await engine.compile(similarityProgram(id, candidates, areAlive, { rows, k }));
    for (let own = 0; own < dSae; own += rows) {
      const found = await compare(directions(unit, own, rows));
      for (let row = 0; row < Math.min(rows, dSae - own); row++) {
        nearest[own + row] = Math.max(nearest[own + row], found.nearest.data[row]);
        nearTwins += found.twins.data[row];
        if (k === 0 || alive[own + row] === 0) continue;
        for (let i = row * k; i < (row + 1) * k; i++) {
          const value = found.alive.values.data[i];
          if (value >= leastCosine) kept.add(own + row, first + found.alive.ids.data[i], Math.min(1, value));
        }
      }
    }
    await compare.dispose();
  }
  const averageMaxDecoderCosineSim = nearest.reduce((sum, cosine) => sum + cosine, 0) / dSae;
  return {
    similarity: { averageMaxDecoderCosineSim, nearTwins },
    nearest: wanted.count > 0 ? wanted.alive.map((feature) => kept.of(feature)) : [],
  };
}

/** No cosine is as small, rounded as it may be. */
const leastCosine = -1.5;

interface HostDirections {
  readonly rows: FloatTensor;
  readonly features: FloatTensor;
}

interface ComparedRows {
  readonly rows: number;
  /** Nearest of each that are wanted. */
  readonly k: number;
}

function similarityProgram(id: string, candidates: HostDirections, areAlive: FloatTensor, { rows, k }: ComparedRows) {
  const [, dIn] = candidates.rows.shape;
  const greatest: Readonly<Record<string, TensorSpec>> =
    k > 0 ? { values: floatSpec(rows, k), ids: intSpec(rows, k) } : {};
  return program({
    name: `cosines of decoder rows of ${id}`,
    inputs: { rows: floatSpec(rows, dIn), features: floatSpec(rows) },
    outputs: { nearest: floatSpec(rows), twins: floatSpec(rows), alive: greatest },
    weights: { ...candidates, areAlive },
    body(own, weights) {
      const { ofOthers, nearest, twins } = nearestCosines(own, { rows: weights.rows, features: weights.features });
      return { nearest, twins, alive: k > 0 ? greatestAlive(ofOthers, weights.areAlive, k) : {} };
    },
  });
}

/** `count` features from the first-th on; past the last come zeros of no feature. */
function directions({ data, shape: [dSae, dIn] }: FloatTensor, first: number, count: number): HostDirections {
  const rows = float32([count, dIn]);
  rows.data.set(data.subarray(first * dIn, Math.min(dSae, first + count) * dIn));
  const features = Float32Array.from({ length: count }, (_, i) => (first + i < dSae ? first + i : -1));
  return { rows, features: float32([count], features) };
}
