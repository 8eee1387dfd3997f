import { fork, type Serializable } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../errors/user-error.ts';

/** What a child says to whoever started it: something of its work, or why it fails. */
export type FromChild<Said> = { readonly said: Said } | { readonly failure: Failure };

/** An error, as it can be sent. */
export interface Failure {
  readonly message: string;
  readonly stack: string;
  readonly isUserError: boolean;
}

export interface ChildOptions<Said> {
  /** Arguments of its Node. */
  readonly execArgv?: readonly string[];
  /** Called with what it says, and with how to answer; what this throws ends the child. */
  readonly hear?: (said: Said, answer: (message: Serializable) => void) => void;
}

/** A process that was started for one piece of work. */
export interface Child {
  /** Settles once it has ended. Rejects with what it threw, where a UserError is one here, too, or with what `hear` did. */
  readonly ended: Promise<void>;
  /** Ends it where it has not ended, and waits until it has: from then on it writes no more. */
  stop(): Promise<void>;
}

/** Starts a script that calls `asChild` in a process of its own, whose memory goes with it. */
export function startChild<Said>(
  script: URL,
  input: Serializable,
  { execArgv = [], hear }: ChildOptions<Said> = {},
): Child {
  const child = fork(fileURLToPath(script), { execArgv: [...execArgv] });
  const ended = new Promise<void>((resolve, reject) => {
    const answer = (message: Serializable) => child.send(message, () => undefined); // it may be gone, and says so itself
    const failures: unknown[] = [];
    child.on('message', (message: FromChild<Said>) => {
      if ('failure' in message) failures.push(errorOf(message.failure));
      else if (failures.length === 0) listen(message.said);
    });
    function listen(said: Said): void {
      try {
        hear?.(said, answer);
      } catch (error) {
        failures.push(error);
        child.kill();
      }
    }
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (failures.length > 0) reject(failures[0]);
      else if (code === 0) resolve();
      else reject(lostError(basename(script.pathname), signal ?? code));
    });
    answer(input);
  });
  return {
    ended,
    async stop() {
      child.kill();
      await Promise.allSettled([ended]);
    },
  };
}

const errorOf = ({ message, stack, isUserError }: Failure): Error =>
  isUserError ? new UserError(message) : Object.assign(new Error(message), { stack });

/** A signal is no fault of ours: somebody sent it, or the system did. */
function lostError(script: string, end: NodeJS.Signals | number | null): Error {
  if (typeof end !== 'string') return new Error(`the process of ${script} ended with ${end}`);
  const cause = end === 'SIGKILL' ? ', as the system does where memory runs out' : '';
  return new UserError(`a process of this command was ended by ${end}${cause} (${script})`);
}
