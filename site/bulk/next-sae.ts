import { answerTo, say } from '../../pipeline/effects/process/as-child.ts';

/** What a worker says: that it has nothing to do, or a number of pages done. */
export type FromWorker = 'next' | number;

/** Tells who runs the worker how many pages are done. */
export const report = (pages: number): void => say(pages);

/** The SAEs that are left for this worker, asked for one by one. */
export async function* nextSaes(): AsyncGenerator<string> {
  for (;;) {
    const { sae } = await answerTo<{ readonly sae?: string }>('next');
    if (sae === undefined) return;
    yield sae;
  }
}
