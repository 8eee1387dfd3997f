import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { collectGarbage } from '../../pipeline/run/collect-garbage.ts';

// An array's room is counted as taken until a thread of V8's has given it back, so what is asked is whether it is collected.
const weakly = (array: Float32Array): WeakRef<Float32Array> => new WeakRef(array);

it('frees an array that nothing refers to, and keeps one that is referred to', async () => {
  const dropped = weakly(new Float32Array(1024));
  const kept = new Float32Array(1024);
  const seen = weakly(kept);
  await setImmediate();
  expect(dropped.deref()).toBeDefined();
  await setImmediate();
  collectGarbage();
  expect(dropped.deref()).toBeUndefined();
  expect(seen.deref()).toBe(kept);
});
