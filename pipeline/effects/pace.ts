/** How fast `done` of `total` came in `elapsedMs`: things a second, and seconds left (undefined before there is a basis). */
function pace(done: number, total: number, elapsedMs: number): { perSecond: number; secondsLeft?: number } {
  const perSecond = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  const isTold = perSecond > 0 && (100 * done >= total || elapsedMs >= LEAST_MS);
  return isTold ? { perSecond, secondsLeft: Math.max(0, total - done) / perSecond } : { perSecond };
}

/** Until then, and below a hundredth of the whole, what was done is no basis for the time left. */
const LEAST_MS = 10_000;

interface Paced {
  readonly total: number;
  readonly unit: string;
  readonly now: () => number;
}

/** The pace by what is done, counted from now, of what was done before, or from the first that is done. */
export function paceFrom(from: number | 'first', { total, unit, now }: Paced): (done: number) => string {
  let base = from === 'first' ? undefined : { done: from, ms: now() };
  return (done) => {
    base ??= { done, ms: now() };
    return formatPace(done - base.done, total - base.done, now() - base.ms, unit);
  };
}

/** `12,300 tokens/s, 1m05s left`. */
export function formatPace(done: number, total: number, elapsedMs: number, unit: string): string {
  const { perSecond, secondsLeft } = pace(done, total, elapsedMs);
  const rate = `${formatCount(perSecond)} ${unit}/s`;
  return secondsLeft === undefined ? rate : `${rate}, ${formatSeconds(secondsLeft)} left`;
}

/** Whole numbers with thousands separators; one decimal under ten. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 });
}

/** `8s`, `1m05s`, `2h03m`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${pad(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${pad(Math.floor((whole % 3600) / 60))}m`;
}

const pad = (value: number): string => String(value).padStart(2, '0');
