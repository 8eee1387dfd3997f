import { DuckDBInstance } from '@duckdb/node-api';

const everyMs = 1000;

/**
 * Runs `act`, and meanwhile has the system given back what native code has freed: glibc keeps it, hundreds of megabytes of a run
 * that makes and frees programs by the dozen. Node cannot ask for it; DuckDB does (malloc_trim) wherever an instance closes, which
 * takes 13 ms of the processor. Nothing but that where there is no glibc. Where DuckDB cannot, the memory stays where it is.
 */
export async function givingBackFreed<T>(act: () => Promise<T>, trim = closeInstance): Promise<T> {
  if (process.platform !== 'linux') return act();
  let last = Promise.resolve();
  let isDone = true;
  const timer = setInterval(() => {
    if (!isDone) return;
    isDone = false;
    last = trim()
      .catch(() => {})
      .finally(() => {
        isDone = true;
      });
  }, everyMs);
  try {
    return await act();
  } finally {
    clearInterval(timer);
    await last;
  }
}

async function closeInstance(): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  instance.closeSync();
}
