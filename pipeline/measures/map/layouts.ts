import { Worker } from 'node:worker_threads';
import { threadOptions } from '../../effects/thread-options.ts';
import type { Effects } from '../../effects.ts';
import { type LayoutTask, layOut } from './lay-out.ts';
import { layoutEpochs } from './maths/umap-layout.ts';

/**
 * Layouts of points, one after another in a thread of their own while the main one goes on: UMAP computes on one core and
 * needs nothing of the model. Each has a new thread, whose memory the next does not add to. Few points are laid out before one
 * would have begun.
 */
export class Layouts {
  readonly #stopped = new AbortController();
  readonly #fewest: number;
  #last: Promise<unknown> = Promise.resolve();
  #wanted = 0;
  #done = 0;
  #tell = () => {};

  /** Points from which on they get a thread. */
  constructor(fewest: number) {
    this.#fewest = fewest;
  }

  /** Places x and y of each point. */
  add(task: LayoutTask): Promise<Float64Array> {
    this.#wanted += layoutEpochs;
    const places = this.#last.then(() =>
      task.points < this.#fewest ? layOut(task, () => this.#count()) : this.#run(task),
    );
    // Who waits for them hears of an error; it is nobody else's.
    this.#last = places.catch(() => {});
    return places;
  }

  /** Waits until all are done, which may have been long ago. */
  async wait({ progress: start }: Pick<Effects, 'progress'>): Promise<void> {
    if (this.#wanted === 0) return;
    const progress = start('maps', this.#wanted, 'epochs');
    let isWaiting = true;
    const all = this.#last.then(() => {
      isWaiting = false;
    });
    while (isWaiting) {
      progress.update(this.#done);
      await Promise.race([all, this.#news()]);
    }
    progress.end();
  }

  /** Ends what still runs; nothing where all are done. */
  async abandon(): Promise<void> {
    this.#stopped.abort();
    await this.#last;
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  #count(): void {
    this.#done++;
    this.#tell();
  }

  #run(workerData: LayoutTask): Promise<Float64Array> {
    const { signal } = this.#stopped;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const worker = new Worker(new URL('./layout-worker.ts', import.meta.url), { workerData, ...threadOptions });
      signal.addEventListener('abort', () => void worker.terminate());
      worker.on('message', (places?: Float64Array) => {
        if (places) resolve(places);
        else this.#count();
      });
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the layout of a map ended before it was done')));
    });
  }
}
