import { type Engine, floatSpec, program } from '../../engine/program.ts';
import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import type { Sae } from '../../sae/sae.ts';
import { nearestCosines } from './maths/nearest-cosines.ts';

/** How near the decoder directions of an SAE's features are to each other. */
export interface DecoderSimilarity {
  /** Mean over features of the greatest cosine with another feature. */
  readonly averageMaxDecoderCosineSim: number;
  /** Pairs of features whose cosine is over 0.99. */
  readonly nearTwins: number;
}

/** Features compared with a block in one product, and the numbers of a block's directions, about: 64 MiB. */
const rowsPerRun = 256;
const blockNumbers = 2 ** 24;

/** Compares all features of an SAE, dead ones too: 2·dSae²·dIn floating-point operations. NaN of a single feature. */
export async function decoderSimilarity(
  engine: Engine,
  { wDec, dIn, dSae, id }: Pick<Sae, 'wDec' | 'dIn' | 'dSae' | 'id'>,
  mostNumbers = blockNumbers,
): Promise<DecoderSimilarity> {
  if (dSae < 2) return { averageMaxDecoderCosineSim: Number.NaN, nearTwins: 0 };
  const unit = unitRows(wDec);
  const most = Math.min(dSae, Math.max(1, Math.floor(mostNumbers / dIn)));
  const rows = Math.min(dSae, rowsPerRun);
  const nearest = new Float32Array(dSae).fill(-1);
  let nearTwins = 0;
  for (let first = 0; first < dSae; first += most) {
    const candidates = directions(unit, first, Math.min(most, dSae - first));
    const compare = await engine.compile(similarityProgram(id, candidates, rows));
    for (let own = 0; own < dSae; own += rows) {
      const found = await compare(directions(unit, own, rows));
      for (let row = 0; row < Math.min(rows, dSae - own); row++) {
        nearest[own + row] = Math.max(nearest[own + row], found.nearest.data[row]);
        nearTwins += found.twins.data[row];
      }
    }
    await compare.dispose();
  }
  return { averageMaxDecoderCosineSim: nearest.reduce((sum, cosine) => sum + cosine, 0) / dSae, nearTwins };
}

interface HostDirections {
  readonly rows: FloatTensor;
  readonly features: FloatTensor;
}

function similarityProgram(id: string, candidates: HostDirections, rows: number) {
  const [, dIn] = candidates.rows.shape;
  return program({
    name: `cosines of decoder rows of ${id}`,
    inputs: { rows: floatSpec(rows, dIn), features: floatSpec(rows) },
    outputs: { nearest: floatSpec(rows), twins: floatSpec(rows) },
    weights: { ...candidates },
    body: (own, weights) => nearestCosines(own, { rows: weights.rows, features: weights.features }),
  });
}

/** `count` features from the first-th on; past the last come zeros of no feature. */
function directions({ data, shape: [dSae, dIn] }: FloatTensor, first: number, count: number): HostDirections {
  const rows = float32([count, dIn]);
  rows.data.set(data.subarray(first * dIn, Math.min(dSae, first + count) * dIn));
  const features = Float32Array.from({ length: count }, (_, i) => (first + i < dSae ? first + i : -1));
  return { rows, features: float32([count], features) };
}

/** Each row over its norm; a row of zeros stays. */
function unitRows({ data, shape }: FloatTensor): FloatTensor {
  const unit = float32(shape, Float32Array.from(data));
  const [dSae, dIn] = shape;
  for (let feature = 0; feature < dSae; feature++) {
    const row = unit.data.subarray(feature * dIn, (feature + 1) * dIn);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (norm > 0)
      row.forEach((value, d) => {
        row[d] = value / norm;
      });
  }
  return unit;
}
