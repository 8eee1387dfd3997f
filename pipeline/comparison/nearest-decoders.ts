import type { Engine } from '../engine/program.ts';
import { nearestVectors, type UnitVectors } from '../measures/neighbours/nearest-vectors.ts';
import { type FloatTensor, float32 } from '../numbers/tensor.ts';
import { copyRow } from '../numbers/tensor-rows.ts';
import { unitRows } from '../numbers/unit-rows.ts';

/** Features of an SAE, by their decoder rows wDec [dSae, dIn]. */
export interface Decoders {
  readonly wDec: FloatTensor;
  /** Those that are compared, ascending. */
  readonly features: readonly number[];
}

export interface NearestDecoder {
  readonly feature: number;
  readonly cosine: number;
}

/**
 * Of each of some features the one of `candidates` whose decoder row makes the greatest cosine with its own, in their
 * order; ties go to the lower number. Empty where there are no candidates.
 */
export async function nearestDecoders(
  engine: Engine,
  own: Decoders,
  candidates: Decoders,
  blockNumbers?: number,
): Promise<NearestDecoder[]> {
  if (own.features.length === 0 || candidates.features.length === 0) return [];
  const kept = await nearestVectors({
    ...{ engine, targets: vectorsOf(own), candidates: vectorsOf(candidates), k: 1 },
    ...(blockNumbers === undefined ? {} : { blockNumbers }),
  });
  return own.features.map((_, i) => {
    const [{ other, value }] = kept.of(i);
    return { feature: candidates.features[other], cosine: value };
  });
}

const vectorsOf = ({ wDec, features }: Decoders): UnitVectors => ({
  ...{ count: features.length, width: wDec.shape[1] },
  rows: (first, last, rows) => directions(wDec, features.slice(first, last), rows),
});

/** Unit decoder rows of some features; rows past them are zeros. */
function directions(wDec: FloatTensor, features: readonly number[], rows: number): FloatTensor {
  const all = float32([rows, wDec.shape[1]]);
  for (const [row, feature] of features.entries()) copyRow(wDec, feature, all, row);
  return unitRows(all);
}
