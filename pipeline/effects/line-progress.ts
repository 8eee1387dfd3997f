import { formatCount, formatPace, formatSeconds } from './pace.ts';
import type { Progress } from './types.ts';

export interface LineOptions {
  readonly label: string;
  readonly total: number;
  readonly unit: string;
  readonly log: (line: string) => void;
  readonly now: () => number;
}

const EVERY_MS = 10_000;

/** Progress in plain lines: one when a tenth of the work or ten seconds have gone by since the last, one at the end. */
export function lineProgress({ label, total, unit, log, now }: LineOptions): Progress {
  const start = now();
  let latest = 0;
  let shownTenth = 0;
  let shownAt = start;
  const counts = (): string => `${label}: ${formatCount(latest)}/${formatCount(total)} ${unit}`;
  return {
    update(done) {
      latest = done;
      const tenth = Math.floor((done * 10) / Math.max(1, total));
      const due = tenth > shownTenth || now() - shownAt >= EVERY_MS;
      if (!due || done >= total) return;
      shownTenth = tenth;
      shownAt = now();
      log(`${counts()}, ${formatPace(done, total, shownAt - start, unit)}`);
    },
    end: () => log(`${counts()} in ${formatSeconds((now() - start) / 1000)}`),
  };
}
