import { describe, expect, it } from 'vitest';
import { LowerLayer, rowBlock } from '../../../pipeline/measures/upstream/lower-layer.ts';
import { type FloatTensor, float32 } from '../../../pipeline/numbers/tensor.ts';
import type { Sae } from '../../../pipeline/sae/sae.ts';

const [positions, dSae, dIn] = [400, 8, 2];
const sae: Sae = {
  id: '0',
  layer: 0,
  site: 'z',
  dIn,
  dSae,
  activation: { kind: 'relu' },
  subtractDecoderBias: false,
  wEnc: float32([dIn, dSae]),
  bEnc: float32([dSae]),
  wDec: float32([dSae, dIn]),
  bDec: float32([dIn]),
  source: '',
};
const everywhere = float32([positions, dSae], new Float32Array(positions * dSae).fill(1));

function entered(f: FloatTensor): LowerLayer {
  const lower = new LowerLayer(sae);
  lower.enter(f, positions - 1);
  return lower;
}

describe('the active features of a lower layer', () => {
  const lower = entered(everywhere);

  it.each([0, 127, 128, 200, 399])('are taken up to position %i and its block, and no further', (last) => {
    const taken = lower.blocksUpTo(last).length * rowBlock;
    expect(taken).toBeGreaterThanOrEqual((last + 1) * dSae);
    expect(taken).toBeLessThan((last + 1) * dSae + rowBlock);
    expect(lower.active.sources.subarray(taken).every((source) => source > last)).toBe(true);
  });

  it('are none where none is active', () => {
    expect(entered(float32([positions, dSae])).blocksUpTo(positions - 1)).toEqual([]);
  });

  it('have the decoder rows of the context that was entered last', () => {
    const wDec = float32(
      [dSae, dIn],
      Float32Array.from({ length: dSae * dIn }, (_, i) => i),
    );
    const one = new LowerLayer({ ...sae, wDec });
    function firstOf(feature: number) {
      const f = float32([positions, dSae]);
      f.data[feature] = 1;
      one.enter(f, positions - 1);
      return one.decoderRows(0).data[0];
    }
    expect(firstOf(3)).toBe(3 * dIn);
    expect(firstOf(5)).toBe(5 * dIn);
  });
});
