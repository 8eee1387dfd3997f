// npm run fuzz -- [--seconds N] [--seed FIRST]: hostile inputs to every parser until the time is over; exit 1 after a finding.
// npm run fuzz -- --target NAME --seed N: one case again, and how it was taken.
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { FuzzJob, FuzzReport } from './worker.ts';

const hangMilliseconds = 20_000;
const { values } = parseArgs({
  options: { seconds: { type: 'string' }, seed: { type: 'string' }, target: { type: 'string' } },
});
const seconds = Number(values.seconds ?? 60);
const first = Number(values.seed ?? 0);
const progress = new Int32Array(new SharedArrayBuffer(4));
const job: FuzzJob = { first, milliseconds: seconds * 1000, progress, ...(values.target && { only: values.target }) };

let findings = 0;
const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: job });
worker.on('message', (report: FuzzReport) => {
  if (report.kind === 'finding') return finding(report.seed, `${report.target}: ${report.what}`);
  const { read, refused, slowest, rss } = report;
  const cases = read + refused + findings;
  console.log(`${cases} inputs: ${read} read, ${refused} refused in one line, ${findings} findings`);
  console.log(`slowest ${Math.round(slowest)} ms, at most ${Math.round(rss / 1e6)} MB in use`);
});
worker.on('error', (error) => finding(progress[0] ?? 0, String(error.stack)));
worker.on('exit', () => {
  clearInterval(watch);
  process.exitCode = findings > 0 ? 1 : 0;
});

function finding(seed: number, what: string): void {
  findings++;
  console.log(`finding, seed ${seed}: ${what}`);
}

let last = -1;
const watch = setInterval(() => {
  const now = Atomics.load(progress, 0);
  if (now === last) {
    finding(now, 'hangs');
    void worker.terminate();
  }
  last = now;
}, hangMilliseconds);
