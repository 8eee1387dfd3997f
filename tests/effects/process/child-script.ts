import { answerTo, asChild, say } from '../../../pipeline/effects/process/as-child.ts';
import { startChild } from '../../../pipeline/effects/process/start-child.ts';
import { UserError } from '../../../pipeline/errors/user-error.ts';

/** What the child of the tests does. */
export type Behaviour = 'asks' | 'mistake' | 'missing file' | 'fault' | 'exits' | 'stays' | 'has a child';

const stay = () => new Promise<void>((resolve) => setTimeout(resolve, 60_000));

const behaviours: Readonly<Record<Behaviour, () => Promise<unknown>>> = {
  asks: async () => {
    const answer = await answerTo<{ readonly twice?: number }>(21);
    say(answer.twice ?? 'nothing');
  },
  mistake: async () => {
    throw new UserError('n is -1, expected a size: config.json');
  },
  'missing file': () => import('node:fs/promises').then(({ readFile }) => readFile('/nowhere/at/all')),
  fault: async () => {
    throw new TypeError('a fault of ours');
  },
  exits: async () => process.exit(7),
  stays: async () => {
    say(process.pid);
    await stay();
  },
  'has a child': async () => {
    startChild(new URL(import.meta.url), { behaviour: 'stays' }, { hear: (pid: number) => say(pid) });
    await stay();
  },
};

await asChild<{ readonly behaviour: Behaviour }>(async ({ behaviour }) => {
  await behaviours[behaviour]();
});
