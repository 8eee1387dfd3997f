import { describe, expect, it } from 'vitest';
import { createEngine } from '../../pipeline/engine/index.ts';
import { lanesRate, multiplicationRate } from '../../pipeline/run/multiplication-rate.ts';

/** A clock that goes on by 1 ms whenever it is read, and by `stall` instead at the end of the first product. */
function stallingClock(stall: number): () => number {
  let [reads, ms] = [0, 0];
  return () => {
    ms += ++reads === 3 ? stall : 1;
    return ms;
  };
}

const product = 2 * 128 * 256 * 1024;

describe('lanesRate', () => {
  it('is that of an engine with the lane’s threads, as often as there are lanes', async () => {
    const alone = await createEngine({ backend: 'onnx-cpu', threads: 2 });
    const rateOf = (count: number) =>
      lanesRate(alone, { count, threadsOfEach: 1 }, { backend: 'onnx-cpu' }, stallingClock(1));
    expect(await rateOf(1)).toBe(1000 * product);
    expect(await rateOf(3)).toBe(3000 * product);
  });
});

describe('multiplicationRate', () => {
  it('is that of the fastest product, not of one that waited for a core', async () => {
    const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
    expect(await multiplicationRate(engine, stallingClock(160))).toBe(1000 * product);
  });
});
