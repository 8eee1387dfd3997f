import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

// A thread of its own: what keeps the main one busy for minutes must not look like its end to other machines.
const { path, text, everyMs }: { path: string; text: string; everyMs: number } = workerData;

setInterval(() => {
  try {
    beat();
  } catch {
    // The next one may get through.
  }
}, everyMs);

/** Writes the lock file's own text over it, which moves its time on. */
function beat(): void {
  const file = openSync(path, 'r+');
  try {
    if (readFileSync(file, 'utf8') !== text) return;
    writeSync(file, text, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
