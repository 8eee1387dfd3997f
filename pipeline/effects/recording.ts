import type { Effects } from './types.ts';

/** Effects that show nothing. */
export function silentEffects(): Effects {
  return recordingEffects().effects;
}

/** Effects that record what they are given, on a clock that advances one millisecond at each reading: for tests. */
export function recordingEffects(): { effects: Effects; lines: string[]; updates: string[] } {
  const lines: string[] = [];
  const updates: string[] = [];
  let time = 0;
  const effects: Effects = {
    log: (line) => void lines.push(line),
    progress: (label, total, unit) => ({
      update: (done) => void updates.push(`${label} ${done}/${total} ${unit}`),
      end: () => void updates.push(`${label} end`),
    }),
    now: () => time++,
  };
  return { effects, lines, updates };
}
