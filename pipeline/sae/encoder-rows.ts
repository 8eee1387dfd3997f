import { type FloatTensor, float32 } from '../numbers/tensor.ts';
import type { Sae } from './sae.ts';

/** Features whose columns are turned into rows together: as many as a cache line of wEnc holds, and some. */
const tile = 32;

type Encoder = Pick<Sae, 'wEnc' | 'dIn' | 'dSae' | 'encoderRows'>;

/** wEncᵀ [dSae, dIn], a copy where it is not at hand: what each feature reads is a row of it. */
export function encoderRowsOf({ wEnc, dIn, dSae, encoderRows }: Encoder): FloatTensor {
  if (encoderRows) return encoderRows;
  const rows = float32([dSae, dIn]);
  const [from, to] = [wEnc.data, rows.data];
  for (let first = 0; first < dSae; first += tile) {
    const end = Math.min(first + tile, dSae);
    for (let d = 0; d < dIn; d++) {
      for (let feature = first; feature < end; feature++) to[feature * dIn + d] = from[d * dSae + feature];
    }
  }
  return rows;
}
