import { readFileSync, writeFileSync } from 'node:fs';
import { cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentEffects } from '../../pipeline/effects.ts';
import { run } from '../../pipeline/run.ts';
import { contentsOf, leapingEffects, quickConfig } from './quick-case.ts';
import { removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

let interrupted: string;
let whole: Record<string, string>;

beforeAll(async () => {
  const out = await temporaryFolder();
  await run(quickConfig(out), silentEffects());
  whole = await contentsOf(out);
  interrupted = await temporaryFolder();
  const { effects } = leapingEffects();
  const stopping = (label: string) => ({
    update(done: number) {
      if (label === 'activations' && done >= 300) throw new Error('stopped');
    },
    end() {},
  });
  await expect(run(quickConfig(interrupted), { ...effects, progress: stopping })).rejects.toThrow('stopped');
});
afterAll(removeTemporaryFolders);

const damages: Readonly<Record<string, (path: string, bytes: number) => Promise<void>>> = {
  'cut by one byte': (path, bytes) => truncate(path, bytes - 1),
  'changed in the last bit of a middle byte': async (path, bytes) => {
    const content = await readFile(path);
    content[bytes >> 1] = (content[bytes >> 1] ?? 0) ^ 1;
    await writeFile(path, content);
  },
  removed: (path) => rm(path),
};

describe('a working file of an interrupted run', { timeout: 120_000 }, () => {
  it('is of each kind that a run keeps', async () => {
    const kinds = (await readdir(join(interrupted, '.work'))).map((name) => name.replace(/[-.].*/, ''));
    expect(kinds.sort()).toEqual([
      'activations',
      'attributions',
      'contexts',
      'counts',
      'heads',
      'packed',
      'started',
      'state',
      'top',
    ]);
  });

  for (const [name, damage] of Object.entries(damages)) {
    it(`that was ${name} changes no table`, async () => {
      for (const file of await readdir(join(interrupted, '.work'))) {
        const out = await temporaryFolder();
        await cp(interrupted, out, { recursive: true });
        const path = join(out, '.work', file);
        await damage(path, (await stat(path)).size);
        await run(quickConfig(out), silentEffects());
        expect(await contentsOf(out), file).toEqual(whole);
      }
    });
  }

  it('is said to be damaged, and done again', async () => {
    const out = await temporaryFolder();
    await cp(interrupted, out, { recursive: true });
    await truncate(join(out, '.work', 'activations-0.bin'), 1000);
    const { effects, lines } = leapingEffects();
    await run(quickConfig(out), effects);
    expect(lines.find((line) => line.startsWith('damaged'))).toMatch(
      /^damaged working file: 1000 bytes, expected \d+ \(.*activations-0\.bin\): the corpus is recorded again$/,
    );
  });

  it('is verified before tables are written from it', async () => {
    const out = await temporaryFolder();
    const { effects, lines } = leapingEffects();
    let done = false;
    const damaging = (label: string) => ({
      update() {},
      end() {
        if (label === 'activations' && !done) damageNow(join(out, '.work', 'activations-0.bin'));
        if (label === 'activations') done = true;
      },
    });
    await run(quickConfig(out), { ...effects, progress: damaging });
    expect(lines.find((line) => line.startsWith('damaged'))).toMatch(
      /^damaged working file: its checksum .*activations-0\.bin\): the corpus is recorded again$/,
    );
    expect(await contentsOf(out)).toEqual(whole);
  });
});

function damageNow(path: string): void {
  const content = readFileSync(path);
  content[5] = (content[5] ?? 0) ^ 4;
  writeFileSync(path, content);
}
