import type { Serializable } from 'node:child_process';
import { once } from 'node:events';
import { asUserError } from '../../errors/system-error.ts';
import type { Failure, FromChild } from './start-child.ts';

/**
 * Does in this process what it was started for by `startChild`, and ends it: with what it threw, where it did. It ends as
 * well when whoever started it is gone.
 */
export async function asChild<Input>(act: (input: Input) => Promise<void>): Promise<void> {
  let code = 1;
  // Not by itself: there may be work left behind that nobody waits for.
  process.once('disconnect', () => process.exit(code));
  try {
    await act(await heard<Input>());
    code = 0;
  } catch (error) {
    send({ failure: failureOf(error) });
  }
  process.disconnect();
}

/** Tells whoever started this process. */
export const say = (said: Serializable): void => send({ said });

/** What they answer to `say`, where that is asked. */
export async function answerTo<Answer>(said: Serializable): Promise<Answer> {
  const answer = heard<Answer>();
  say(said);
  return answer;
}

const send = (message: FromChild<Serializable>): void => void process.send?.(message);

async function heard<Message>(): Promise<Message> {
  const [message] = await once(process, 'message');
  return message;
}

function failureOf(error: unknown): Failure {
  const mistake = asUserError(error);
  const { message, stack = message } = mistake ?? (error instanceof Error ? error : new Error(String(error)));
  return { message, stack, isUserError: mistake !== undefined };
}
