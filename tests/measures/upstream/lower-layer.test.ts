import { describe, expect, it } from 'vitest';
import { blocksUpTo, lowerLayer, openLowerRoom, rowBlock } from '../../../pipeline/measures/upstream/lower-layer.ts';
import { float32 } from '../../../pipeline/numbers/tensor.ts';
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

describe('the active features of a lower layer', () => {
  const lower = lowerLayer(openLowerRoom(sae, 1), everywhere, positions - 1);

  it.each([0, 127, 128, 200, 399])('are taken up to position %i and its block, and no further', (last) => {
    const taken = blocksUpTo(lower, last).length * rowBlock;
    expect(taken).toBeGreaterThanOrEqual((last + 1) * dSae);
    expect(taken).toBeLessThan((last + 1) * dSae + rowBlock);
    expect(lower.active.sources.subarray(taken).every((source) => source > last)).toBe(true);
  });

  it('are none where none is active', () => {
    const silent = lowerLayer(openLowerRoom(sae, 1), float32([positions, dSae]), positions - 1);
    expect(blocksUpTo(silent, positions - 1)).toEqual([]);
  });
});
