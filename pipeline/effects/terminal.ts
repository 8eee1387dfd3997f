import type { SingleBar } from 'cli-progress';
import type { Effects, Progress } from '../effects.ts';
import { lineProgress } from './line-progress.ts';
import { formatCount, formatPace } from './pace.ts';

/** Where the lines go: a stream such as process.stderr, and the clock. */
export interface Terminal {
  readonly stream: NodeJS.WriteStream;
  readonly now?: () => number;
}

/** Lines and progress on a stream: a bar with rate and time left on a terminal, a line about every tenth elsewhere. */
export async function terminalEffects({ stream, now = () => performance.now() }: Terminal): Promise<Effects> {
  const makeBar = stream.isTTY ? await barMaker(stream) : undefined;
  let bar: SingleBar | undefined;
  const log = (line: string): void => {
    // A line over a running bar would be overwritten; cli-progress redraws below it.
    if (bar?.isActive) stream.write('\r\x1b[2K');
    stream.write(`${line}\n`);
  };
  const progress = (label: string, total: number, unit: string): Progress => {
    if (!makeBar) return lineProgress({ label, total, unit, log, now });
    const current = makeBar(label, unit);
    bar = current;
    return barProgress(current, { total, unit, now });
  };
  return { log, progress, now };
}

async function barMaker(stream: NodeJS.WriteStream): Promise<(label: string, unit: string) => SingleBar> {
  const { default: cliProgress } = await import('cli-progress');
  const options = { stream, hideCursor: true, barsize: 24, fps: 8, linewrap: false };
  return (label, unit) => {
    const format = `${label} {bar} {percentage}%  {value}/{total} ${unit}  {pace}`;
    return new cliProgress.SingleBar({ ...options, format, formatValue }, cliProgress.Presets.rect);
  };
}

const formatValue = (value: number, _options: unknown, type: string): string =>
  type === 'value' || type === 'total' ? formatCount(value) : String(value);

interface BarOptions {
  readonly total: number;
  readonly unit: string;
  readonly now: () => number;
}

function barProgress(bar: SingleBar, { total, unit, now }: BarOptions): Progress {
  const start = now();
  bar.start(total, 0, { pace: '' });
  return {
    update: (done) => bar.update(done, { pace: formatPace(done, total, now() - start, unit) }),
    end: () => bar.stop(),
  };
}
