import type { Engine } from '../engine/program.ts';
import { KeptNearest } from '../measures/neighbours/maths/kept-nearest.ts';
import { nearestProgram } from '../measures/neighbours/programs.ts';
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

/** Features looked for in one product, and the numbers of a block of candidates, about: 64 MiB. */
const rowsPerRun = 256;
const blockNumbers = 2 ** 24;

/**
 * Of each of some features the one of `candidates` whose decoder row makes the greatest cosine with its own, in their
 * order; ties go to the lower number. 2·n·m·dIn floating-point operations; empty where there are no candidates.
 */
export async function nearestDecoders(
  engine: Engine,
  own: Decoders,
  candidates: Decoders,
  mostNumbers = blockNumbers,
): Promise<NearestDecoder[]> {
  const { features } = own;
  if (features.length === 0 || candidates.features.length === 0) return [];
  const dIn = own.wDec.shape[1];
  const kept = new KeptNearest(features.length, 1);
  const targets = Math.min(rowsPerRun, features.length);
  const most = Math.max(1, Math.floor(mostNumbers / dIn));
  for (let from = 0; from < candidates.features.length; from += most) {
    const block = candidates.features.slice(from, from + most);
    const run = await engine.compile(nearestProgram(directions(candidates.wDec, block, block.length), targets, 1));
    for (let first = 0; first < features.length; first += targets) {
      const part = features.slice(first, first + targets);
      const { values, ids } = await run({ rows: directions(own.wDec, part, targets) });
      for (const row of part.keys()) kept.add(first + row, block[ids.data[row]], Math.min(1, values.data[row]));
    }
    await run.dispose();
  }
  return features.map((_, i) => {
    const [{ other, value }] = kept.of(i);
    return { feature: other, cosine: value };
  });
}

/** Unit decoder rows of some features; rows past them are zeros. */
function directions(wDec: FloatTensor, features: readonly number[], rows: number): FloatTensor {
  const all = float32([rows, wDec.shape[1]]);
  for (const [row, feature] of features.entries()) copyRow(wDec, feature, all, row);
  return unitRows(all);
}
