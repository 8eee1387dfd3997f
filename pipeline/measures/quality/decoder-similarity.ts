import type { Engine } from '../../engine/program.ts';
import { unitRows } from '../../numbers/unit-rows.ts';
import type { Sae } from '../../sae/sae.ts';
import { KeptNearest, type Near } from '../neighbours/maths/kept-nearest.ts';
import { CandidateBlock, greatestOf } from './candidate-block.ts';

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
const rowsPerRun = 128;
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
  const most = Math.min(dSae, Math.max(1, Math.floor(mostNumbers / dIn)));
  const rows = Math.min(dSae, rowsPerRun);
  const kept = new KeptNearest(wanted.count > 0 ? dSae : 0, wanted.count);
  const nearest = new Float32Array(dSae).fill(-1);
  let nearTwins = 0;
  for (let first = 0; first < dSae; first += most) {
    const count = Math.min(most, dSae - first);
    const block = await CandidateBlock.open({ engine, id, unit, alive, wanted: wanted.count, rows }, first, count);
    for (let own = 0; own < dSae; own += rows) {
      const { ofAll, ofAlive, twins } = await block.compare(own);
      for (let row = 0; row < Math.min(rows, dSae - own); row++) {
        const self = own + row;
        nearTwins += twins(row);
        // The first two have another than the feature itself, which is near itself.
        for (const { other, value } of greatestOf(ofAll, row, first)) {
          if (other !== self) nearest[self] = Math.max(nearest[self], value);
        }
        if (wanted.count === 0 || alive[self] === 0) continue;
        for (const { other, value } of greatestOf(ofAlive, row, first)) {
          if (other !== self && value >= leastCosine) kept.add(self, other, Math.min(1, value));
        }
      }
    }
    await block.dispose();
  }
  const averageMaxDecoderCosineSim = nearest.reduce((sum, cosine) => sum + cosine, 0) / dSae;
  return {
    similarity: { averageMaxDecoderCosineSim, nearTwins },
    nearest: wanted.count > 0 ? wanted.alive.map((feature) => kept.of(feature)) : [],
  };
}

/** No cosine is as small, rounded as it may be. */
const leastCosine = -1.5;
