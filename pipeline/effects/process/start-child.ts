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
  /** Called with what it says, and with how to answer. */
  readonly hear?: (said: Said, answer: (message: Serializable) => void) => void;
}

/** A process that was started for one piece of work. */
export interface Child {
  /** Settles once it has ended. Rejects with what it threw: a UserError is one here, too. */
  readonly ended: Promise<void>;
  /** Ends it where it has not ended. */
  kill(): void;
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
    let failure: Failure | undefined;
    child.on('message', (message: FromChild<Said>) => {
      if ('failure' in message) failure = message.failure;
      else hear?.(message.said, answer);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (failure) reject(errorOf(failure));
      else if (code === 0) resolve();
      else reject(new Error(`the process of ${basename(script.pathname)} ended with ${signal ?? code}`));
    });
    answer(input);
  });
  return { ended, kill: () => void child.kill() };
}

const errorOf = ({ message, stack, isUserError }: Failure): Error =>
  isUserError ? new UserError(message) : Object.assign(new Error(message), { stack });
