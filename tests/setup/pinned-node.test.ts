import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const script =
  "import('./pipeline/setup/pinned-node.mjs').then(({ environment }) => console.log(JSON.stringify(environment)))";

function environmentIn(given: Readonly<Record<string, string>>): Record<string, string> {
  const { MALLOC_ARENA_MAX: _, ...env } = process.env;
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { env: { ...env, ...given }, encoding: 'utf8' }));
}

describe('the environment of what npm’s scripts start', () => {
  it('has two heaps of glibc for all threads, unless another number is asked for', () => {
    expect(environmentIn({}).MALLOC_ARENA_MAX).toBe('2');
    expect(environmentIn({ MALLOC_ARENA_MAX: '5' }).MALLOC_ARENA_MAX).toBe('5');
  });
});
