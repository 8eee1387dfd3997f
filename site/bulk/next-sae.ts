import { once } from 'node:events';
import { parentPort } from 'node:worker_threads';

/** What a worker posts: that it has nothing to do, or a number of pages done. */
export type FromWorker = 'next' | number;

const post = (message: FromWorker): void => parentPort?.postMessage(message);

/** Tells who runs the worker how many pages are done. */
export const report = (pages: number): void => post(pages);

/** The SAEs that are left for this worker, asked for one by one. */
export async function* nextSaes(): AsyncGenerator<string> {
  for (;;) {
    const answer = parentPort ? once(parentPort, 'message') : [];
    post('next');
    const [sae]: (string | undefined)[] = await answer;
    if (sae === undefined) return;
    yield sae;
  }
}
