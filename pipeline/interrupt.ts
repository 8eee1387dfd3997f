import { constants } from 'node:os';

/** Listens for the user's wish to end a command. */
export interface Interruption {
  /** The signal that came, if one did. */
  readonly signal: NodeJS.Signals | undefined;
  ignore(): void;
}

const signals = ['SIGINT', 'SIGTERM'] as const;
/** A terminal's Ctrl-C comes twice where npm passes it on as well. */
const sameMs = 500;
/** A command that has not stopped by then is ended: what is not committed is lost, as after a kill. */
const graceMs = 5000;

export const exitCodeOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/** Says once what becomes of the work, and leaves the next signal to the system, which ends the process at once. */
export function listenForInterruption(say: (line: string) => void, fate: string): Interruption {
  let came: NodeJS.Signals | undefined;
  const ignore = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  function onSignal(signal: NodeJS.Signals): void {
    if (came !== undefined) return;
    came = signal;
    say(`stopping: ${fate}; again, and it ends at once`);
    const end = () => process.exit(exitCodeOf(signal));
    // From here on whatever fails fails because it was stopped.
    process.on('uncaughtException', end);
    setTimeout(ignore, sameMs).unref();
    setTimeout(end, graceMs).unref();
  }
  for (const signal of signals) process.on(signal, onSignal);
  return {
    get signal() {
      return came;
    },
    ignore,
  };
}
