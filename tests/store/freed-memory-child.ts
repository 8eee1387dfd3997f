import { setTimeout as wait } from 'node:timers/promises';
import { givingBackFreed } from '../../pipeline/store/freed-memory.ts';

/** Frees nearly all of some memory that native code holds, a little of it here and there being kept. */
function allocateAndFree(): Buffer[] {
  const all = Array.from({ length: 6000 }, () => Buffer.alloc(60_000, 1));
  return all.filter((_, i) => i % 50 === 0);
}

const kept = allocateAndFree();
globalThis.gc?.();
globalThis.gc?.();
await wait(100);
const before = process.memoryUsage.rss();
await givingBackFreed(() => wait(4000));
process.stdout.write(JSON.stringify({ kept: kept.length, before, after: process.memoryUsage.rss() }));
