import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { recordingEffects } from '../../../pipeline/effects.ts';
import { removeBlocks } from '../../../pipeline/training/sae/block-files.ts';
import { planBlocks } from '../../../pipeline/training/sae/plan-blocks.ts';

const dirs: string[] = [];
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atlas-plan-'));
  dirs.push(folder);
});
afterAll(() => Promise.all(dirs.map((dir) => rm(dir, { recursive: true, force: true }))));

/** Eight layers of 1,024 floats: a block of 2 ** 17 tokens takes 2.1 GB. */
const shape = { layers: 8, dIn: 1024, batch: 1024 };
const block = 2 ** 31;

async function planned(more: { readonly tokens: number; readonly epochs: number; readonly free: number }) {
  const { effects, lines } = recordingEffects();
  const { tokens, epochs, free } = more;
  const steps = (epochs * tokens) / shape.batch;
  const plan = await planBlocks({ ...shape, steps, epochs, folder, effects, free: async () => free });
  return { ...plan, lines };
}

/** A file of so many bytes, none of which the disk holds. */
async function writeHoles(name: string, bytes: number): Promise<void> {
  await writeFile(join(folder, name), '');
  await truncate(join(folder, name), bytes);
}

describe('the room that blocks of activations take', () => {
  it('is memory up to a gigabyte', async () => {
    const { store, count, lines } = await planned({ tokens: 2 ** 15, epochs: 2, free: 0 });
    expect(store).toEqual({ shape: { layers: 8, dIn: 1024, tokens: 2 ** 15 }, keep: true });
    expect([count, lines]).toEqual([1, []]);
  });

  it('is that of all of them where later epochs read them again, else of two', async () => {
    const kept = { tokens: 3 * 2 ** 17, epochs: 2 };
    await expect(planned({ ...kept, free: 3 * block - 1 })).rejects.toThrow(
      /^too little room for activations: 6\.4 GB more, 6\.4 GB are free \(.*\)$/,
    );
    expect(await planned({ ...kept, free: 3 * block })).toMatchObject({ store: { keep: true, folder }, count: 3 });
    const passed = { tokens: 3 * 2 ** 17, epochs: 1 };
    await expect(planned({ ...passed, free: 2 * block - 1 })).rejects.toThrow('4.3 GB more');
    const { lines } = await planned({ ...passed, free: 2 * block });
    expect(lines).toEqual([`activations go to files of 4.3 GB in ${folder}: over 1.1 GB`]);
  });

  it('is less by the blocks that an interrupted training left', async () => {
    await writeHoles('block-0.f16', block);
    await writeHoles('block-1.f16', block / 2);
    await writeHoles('state-7.safetensors', block);
    const kept = { tokens: 3 * 2 ** 17, epochs: 2 };
    await expect(planned({ ...kept, free: 1.5 * block - 1 })).rejects.toThrow('3.2 GB more, 3.2 GB are free');
    expect((await planned({ ...kept, free: 1.5 * block })).count).toBe(3);
  });

  it('is what it was where they are all there, or more', async () => {
    for (const i of [3, 4, 5]) await writeHoles(`block-${i}.f16`, block);
    expect((await planned({ tokens: 6 * 2 ** 17, epochs: 1, free: 0 })).count).toBe(6);
  });
});

describe('removeBlocks', () => {
  it('leaves what is no block', async () => {
    for (const name of ['block-0.f16', 'block-11.f16', 'settings.json']) await writeFile(join(folder, name), '');
    await removeBlocks(folder);
    expect(await readdir(folder)).toEqual(['settings.json']);
  });
});
