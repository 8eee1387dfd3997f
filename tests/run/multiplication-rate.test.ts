import { describe, expect, it } from 'vitest';
import { createEngine } from '../../pipeline/engine/index.ts';
import { multiplicationRate } from '../../pipeline/run/multiplication-rate.ts';

/** A clock that goes on by 1 ms whenever it is read, and by `stall` instead at the end of the first product. */
function stallingClock(stall: number): () => number {
  let [reads, ms] = [0, 0];
  return () => {
    ms += ++reads === 3 ? stall : 1;
    return ms;
  };
}

describe('multiplicationRate', () => {
  it('is that of the fastest product, not of one that waited for a core', async () => {
    const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
    const product = 2 * 128 * 256 * 1024;
    expect(await multiplicationRate(engine, stallingClock(160))).toBe(1000 * product);
  });
});
