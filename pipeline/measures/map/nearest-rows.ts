import type { Engine } from '../../engine/program.ts';
import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import type { KeptNearest } from '../neighbours/maths/kept-nearest.ts';
import { nearestVectors, type UnitVectors } from '../neighbours/nearest-vectors.ts';

/** The k other rows of unit vectors [row, width] that each is nearest to, as nearestVectors finds them. */
export function nearestRows(
  engine: Engine,
  rows: FloatTensor,
  k: number,
  progress?: (compared: number) => void,
): Promise<KeptNearest> {
  const vectors = vectorsOf(rows);
  return nearestVectors({ engine, targets: vectors, candidates: vectors, k, areSame: true }, progress);
}

function vectorsOf({ data, shape: [count, width] }: FloatTensor): UnitVectors {
  return {
    ...{ count, width },
    rows(first, last, rows) {
      const own = data.subarray(first * width, last * width);
      if (last - first === rows) return float32([rows, width], own);
      const padded = float32([rows, width]);
      padded.data.set(own);
      return padded;
    },
  };
}
