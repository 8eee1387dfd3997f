import { AsyncLocalStorage } from 'node:async_hooks';

const reading = new AsyncLocalStorage<Set<string>>();

/**
 * The files that an effect reads, in the order of their first reading. What identifies an input is taken from here, so
 * that a file which a loader learns to read is part of its identity from then on.
 */
export async function filesRead(effect: () => Promise<unknown>): Promise<string[]> {
  const paths = new Set<string>();
  await reading.run(paths, effect);
  return [...paths];
}

/** Every function that opens a file for its content says so here. */
export function noteRead(path: string): void {
  reading.getStore()?.add(path);
}
