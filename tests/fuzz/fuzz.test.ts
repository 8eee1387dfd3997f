import { expect, test } from 'vitest';
import { UserError } from '../../pipeline/errors/user-error.ts';
import { type FuzzTarget, fuzzCase, withFolder } from './fuzz.ts';
import { targets } from './targets.ts';

/** Reads of a target that never gets past its last check: the tables beside run.json are not made here. */
const neverRead = ['run.json'];

test.each(targets)('$name: damaged and hostile inputs are read, or refused in one line', async (target) => {
  const kinds = new Set<string>();
  await withFolder(async (folder) => {
    for (let seed = 0; seed < 10 * target.share; seed++) {
      const outcome = await fuzzCase(target, seed, folder);
      expect(outcome, `seed ${seed}`).not.toHaveProperty('what');
      kinds.add(outcome.kind);
    }
  });
  expect(kinds.has('read')).toBe(!neverRead.includes(target.name));
});

test('a stack, a line that is none, and a slow answer are findings', async () => {
  const outcomeOf = (run: FuzzTarget['run']) => fuzzCase({ name: 'test', share: 1, run }, 1, '');
  expect(await outcomeOf(() => {})).toEqual({ kind: 'read' });
  expect(await outcomeOf(() => Promise.reject(new UserError('no\nway')))).toEqual({
    kind: 'refused',
    line: 'no\\nway',
  });
  expect(await outcomeOf(() => Promise.reject(new TypeError('x')))).toMatchObject({ kind: 'finding' });
  expect(await outcomeOf(() => Promise.reject(new UserError('')))).toMatchObject({ kind: 'finding' });
  const tight = await fuzzCase({ name: 'test', share: 1, run: () => {} }, 1, '', {
    milliseconds: 2000,
    residentBytes: 1,
  });
  expect(tight).toMatchObject({ kind: 'finding', what: expect.stringMatching(/^\d+ MB are in use$/) });
  const slow = await fuzzCase({ name: 'test', share: 1, run: () => {} }, 1, '', {
    milliseconds: -1,
    residentBytes: 1e12,
  });
  expect(slow).toMatchObject({ kind: 'finding', what: expect.stringMatching(/^took \d+ ms of processor time$/) });
});
