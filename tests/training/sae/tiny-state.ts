import { randomNormal, seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import { widthOf } from '../../../pipeline/training/sae/shape.ts';
import { createState, type SaeState } from '../../../pipeline/training/sae/state.ts';

export const tinyShape = { dIn: 5, dSae: 12, batch: 6 };

/** An SAE with random weights and x, and the pre-activations that they give. */
export async function tinyState(groups = 1, entries = 6 * 12): Promise<SaeState> {
  const state = await createState({ ...tinyShape, entries, auxEntries: 6 * 12, groups });
  const { parameters, floats, kernels } = state;
  const { dIn, dSae, batch } = tinyShape;
  const width = widthOf(tinyShape);
  const random = seededRandom(5);
  const fillRows = (rows: Float32Array, count: number) => {
    for (let i = 0; i < count * width; i++) rows[i] = i % width < dIn ? randomNormal(random) : 0;
  };
  fillRows(parameters.wEnc.p, dSae);
  fillRows(parameters.wDec.p, dSae);
  fillRows(parameters.bDec.p, 1);
  fillRows(floats.x, batch);
  for (let i = 0; i < dSae; i++) parameters.bEnc.p[i] = 0.3 * randomNormal(random);
  kernels.unitRows(parameters.wDec.p.subarray(0, dSae * width), width);
  encodeTiny(state);
  return state;
}

/** pre = x·wEncᵀ + bEnc */
function encodeTiny({ parameters, floats }: SaeState): void {
  const { dSae, batch } = tinyShape;
  const width = widthOf(tinyShape);
  for (let token = 0; token < batch; token++) {
    for (let i = 0; i < dSae; i++) {
      let sum = parameters.bEnc.p[i] ?? 0;
      for (let d = 0; d < width; d++)
        sum += (floats.x[token * width + d] ?? 0) * (parameters.wEnc.p[i * width + d] ?? 0);
      floats.pre[token * dSae + i] = sum;
    }
  }
}
