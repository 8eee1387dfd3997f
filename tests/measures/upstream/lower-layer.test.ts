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

  it('have the decoder rows of the context that was entered last, what they write made once in it', async () => {
    const one = new LowerLayer({
      ...sae,
      wDec: float32(
        [dSae, dIn],
        Float32Array.from({ length: dSae * dIn }, (_, i) => i),
      ),
    });
    const writing: number[] = [];
    const firstWritten = async (feature: number) => {
      const f = float32([positions, dSae]);
      f.data[feature] = 1;
      one.enter(f, positions - 1);
      const write = async (rows: FloatTensor) => {
        writing.push(rows.data[0]);
        return float32([1, 1], Float32Array.of(-rows.data[0]));
      };
      const [again] = [await one.written(1, write), await one.written(1, write)];
      const [decoder] = await one.decoderRows(1);
      return [decoder.data[0], again[0].data[0]];
    };
    expect(await firstWritten(3)).toEqual([3 * dIn, -3 * dIn]);
    expect(await firstWritten(5)).toEqual([5 * dIn, -5 * dIn]);
    expect(writing).toEqual([3 * dIn, 5 * dIn]);
  });
});
