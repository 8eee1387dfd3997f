import type { SingleBar } from 'cli-progress';
import { printable } from '../errors/printable.ts';
import { lineProgress } from './line-progress.ts';
import { formatCount, paceFrom } from './pace.ts';
import type { Effects, Progress } from './types.ts';

export interface Terminal {
  /** Takes the log. */
  readonly stdout: NodeJS.WriteStream;
  /** Takes the progress, so that a command's output can be piped on. */
  readonly stderr: NodeJS.WriteStream;
  readonly now?: () => number;
  /** What kind of terminal it is, as TERM says: one that is dumb draws no bars. */
  readonly term?: string | undefined;
}

/** Effects on a terminal; `close` ends a bar that an error left running, so that the next line stands on its own. */
export interface TerminalEffects extends Effects {
  close(): void;
}

/** Log lines, and progress: a bar with rate and time left on a terminal, a plain line about every tenth elsewhere. */
export async function terminalEffects(terminal: Terminal): Promise<TerminalEffects> {
  const { stdout, stderr, term, now = () => performance.now() } = terminal;
  const makeBar = stderr.isTTY && term !== 'dumb' ? await barMaker(stderr) : undefined;
  let bar: SingleBar | undefined;
  const clearBar = (): void => {
    if (bar?.isActive) stderr.write('\r\x1b[2K');
  };
  return {
    log(line) {
      clearBar();
      stdout.write(`${printable(line)}\n`);
    },
    progress(label, total, unit, from = 0) {
      const log = (line: string): void => void stderr.write(`${line}\n`);
      if (!makeBar) return lineProgress({ label, total, unit, from, log, now });
      bar = makeBar(label, unit);
      return barProgress(bar, { total, unit, from, now });
    },
    now,
    close: () => bar?.isActive && bar.stop(),
  };
}

async function barMaker(stream: NodeJS.WriteStream): Promise<(label: string, unit: string) => SingleBar> {
  const { default: cliProgress } = await import('cli-progress');
  // Its graceful exit would swallow the first Ctrl-C.
  const options = { stream, gracefulExit: false, barsize: 24, fps: 8, linewrap: false };
  return (label, unit) => {
    const format = `${label} {bar} {percentage}%  {value}/{total} ${unit}  {pace}`;
    return new cliProgress.SingleBar({ ...options, format, formatValue }, cliProgress.Presets.shades_classic);
  };
}

const formatValue = (value: number, _options: unknown, type: string): string =>
  type === 'value' || type === 'total' ? formatCount(value) : String(value);

interface BarOptions {
  readonly total: number;
  readonly unit: string;
  readonly from: number | 'first';
  readonly now: () => number;
}

function barProgress(bar: SingleBar, { total, unit, from, now }: BarOptions): Progress {
  const pace = paceFrom(from, { total, unit, now });
  bar.start(total, from === 'first' ? 0 : from, { pace: '' });
  return {
    update: (done) => bar.update(done, { pace: pace(done) }),
    end: () => bar.stop(),
  };
}
