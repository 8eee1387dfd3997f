import { expect, test } from 'vitest';
import { type ChildOptions, startChild } from '../../../pipeline/effects/process/start-child.ts';
import { UserError } from '../../../pipeline/errors/user-error.ts';
import type { Behaviour } from './child-script.ts';

const script = new URL('./child-script.ts', import.meta.url);
const start = <Said>(behaviour: Behaviour, options?: ChildOptions<Said>) => startChild(script, { behaviour }, options);

/** The first that a child says. */
const firstOf = (behaviour: Behaviour) => {
  let child = { ended: Promise.resolve(), stop: async () => {} };
  const said = new Promise<number>((hear) => {
    child = start(behaviour, { hear });
  });
  return { said, stop: () => child.stop(), ended: child.ended };
};

test('what a child says is heard in its order, and what it asks is answered', async () => {
  const heard: unknown[] = [];
  const { ended } = start('asks', {
    hear: (said, answer) => {
      heard.push(said);
      if (typeof said === 'number') answer({ twice: 2 * said });
    },
  });
  await ended;
  expect(heard).toEqual([21, 42]);
});

test('a mistake of the user in a child is one of whoever started it, as is what the system refuses', async () => {
  const mistake = await start('mistake').ended.catch((error: unknown) => error);
  expect(mistake).toBeInstanceOf(UserError);
  expect(mistake).toHaveProperty('message', 'n is -1, expected a size: config.json');
  const missing = await start('missing file').ended.catch((error: unknown) => error);
  expect(missing).toBeInstanceOf(UserError);
  expect(missing).toHaveProperty('message', 'cannot open /nowhere/at/all: not found (ENOENT)');
});

test('a fault in a child says where in the child it is', async () => {
  const fault = await start('fault').ended.catch((error: unknown) => error);
  expect(fault).not.toBeInstanceOf(UserError);
  expect(fault).toHaveProperty('message', 'a fault of ours');
  expect(fault).toHaveProperty('stack', expect.stringContaining('child-script.ts'));
});

test('a child that ends without a word has failed, by a fault', async () => {
  const end = await start('exits').ended.catch((error: unknown) => error);
  expect(end).not.toBeInstanceOf(UserError);
  expect(end).toHaveProperty('message', 'the process of child-script.ts ended with 7');
});

test('one that is killed says by what, and where memory may be short', async () => {
  const stays = firstOf('stays');
  process.kill(await stays.said, 'SIGKILL');
  const end = await stays.ended.catch((error: unknown) => error);
  expect(end).toBeInstanceOf(UserError);
  expect(end).toHaveProperty(
    'message',
    'a process of this command was ended by SIGKILL, as the system does where memory runs out (child-script.ts)',
  );
});

test('what is thrown where it is heard ends it, and is what it ends with', async () => {
  let pid = 0;
  const { ended } = start('stays', {
    hear: (said: number) => {
      pid = said;
      throw new Error('interrupted');
    },
  });
  await expect(ended).rejects.toThrow('interrupted');
  expect(isRunning(pid)).toBe(false);
});

test('one that is stopped is gone once it is', async () => {
  const stays = firstOf('stays');
  const pid = await stays.said;
  await stays.stop();
  expect(isRunning(pid)).toBe(false);
  await expect(stays.ended).rejects.toThrow('a process of this command was ended by SIGTERM (child-script.ts)');
});

test('a child ends when whoever started it is gone', async () => {
  const parent = firstOf('has a child');
  const pid = await parent.said;
  expect(isRunning(pid)).toBe(true);
  await parent.stop();
  await expect(parent.ended).rejects.toThrow('SIGTERM');
  await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
