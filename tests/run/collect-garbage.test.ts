import { expect, it } from 'vitest';
import { collectGarbage } from '../../pipeline/run/collect-garbage.ts';

const size = 2 ** 27;

it('frees arrays that nothing refers to, and keeps those that are referred to', () => {
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  let dropped: Uint8Array | undefined = new Uint8Array(size);
  const kept = new Uint8Array(size);
  expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThan(1.9 * size);
  expect(dropped.length).toBe(kept.length);
  dropped = undefined;
  collectGarbage();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1.1 * size);
  expect(kept.length).toBe(size);
});
