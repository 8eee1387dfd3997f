import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const { heaps }: { heaps: Readonly<Record<string, string>> } = await import(
  new URL('../../bin/heaps.mjs', import.meta.url).href
);
const script =
  "import('./pipeline/setup/pinned-node.mjs').then(({ environment }) => console.log(JSON.stringify(environment)))";

function environmentIn(given: Readonly<Record<string, string>>): Record<string, string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !(name in heaps)));
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { env: { ...env, ...given }, encoding: 'utf8' }));
}

describe('the environment of what npm’s scripts start', () => {
  it('has what glibc is told, unless the user says otherwise', () => {
    expect(environmentIn({})).toMatchObject(heaps);
    const own = Object.fromEntries(Object.keys(heaps).map((name) => [name, '5']));
    expect(environmentIn(own)).toMatchObject(own);
  });
});
