import { formatCount, formatSeconds, paceFrom } from './pace.ts';
import type { Progress } from './types.ts';

export interface LineOptions {
  readonly label: string;
  readonly total: number;
  readonly unit: string;
  /** What was done before, or that the pace is counted from the first. */
  readonly from?: number | 'first';
  readonly log: (line: string) => void;
  readonly now: () => number;
}

const EVERY_MS = 10_000;

/** Progress in plain lines: one when a tenth of the work or ten seconds have gone by since the last, one at the end. */
export function lineProgress({ label, total, unit, from = 0, log, now }: LineOptions): Progress {
  const start = now();
  const pace = paceFrom(from, { total, unit, now });
  let latest = from === 'first' ? 0 : from;
  let shownTenth = tenthOf(latest, total);
  let shownAt = start;
  const counts = (): string => `${label}: ${formatCount(latest)}/${formatCount(total)} ${unit}`;
  return {
    update(done) {
      latest = done;
      const paced = pace(done);
      const tenth = tenthOf(done, total);
      const due = tenth > shownTenth || now() - shownAt >= EVERY_MS;
      if (!due || done >= total) return;
      shownTenth = tenth;
      shownAt = now();
      log(`${counts()}, ${paced}`);
    },
    end: () => log(`${counts()} in ${formatSeconds((now() - start) / 1000)}`),
  };
}

const tenthOf = (done: number, total: number) => Math.floor((done * 10) / Math.max(1, total));
