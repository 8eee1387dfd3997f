import { readdirSync, readlinkSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunConfig } from '../../pipeline/commands/run.ts';
import { silentEffects } from '../../pipeline/effects.ts';
import { UserError } from '../../pipeline/errors/user-error.ts';
import { run } from '../../pipeline/run.ts';
import { referenceConfig, removeTemporaryFolders, runReference, temporaryFolder } from './reference-case.ts';

const seed = 7;
afterEach(removeTemporaryFolders);

/** Runs the reference case with other settings; gives the error's text and what stood in OUT afterwards. */
async function failureOf(settings: Partial<RunConfig>): Promise<{ message: string; left: string[] }> {
  const out = join(await temporaryFolder(), 'out');
  const error = await run(referenceConfig(seed, out, settings), silentEffects()).catch((reason: unknown) => reason);
  if (!(error instanceof UserError)) throw new Error('expected a UserError', { cause: error });
  return { message: error.message, left: await readdir(out).catch(() => []) };
}

/** Files under a folder that this process holds open. */
function openIn(folder: string): string[] {
  const files = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // that of the list itself
    }
  });
  return files.filter((file) => file.startsWith(folder));
}

async function corpusOf(name: string, text: string): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, text);
  return path;
}

/** A copy of the reference's SAEs, changed. */
async function changedSaes(change: (folder: string) => Promise<void>): Promise<string> {
  const saes = join(await temporaryFolder(), 'saes');
  await mkdir(saes);
  await cp(referenceConfig(seed, 'out').saes, saes, { recursive: true });
  await change(join(saes, 'blocks.0.hook_z'));
  return saes;
}

describe('bad input is one clear line, and leaves nothing behind:', { timeout: 120_000 }, () => {
  it.each([
    ['a model that is not there', { model: '/none' }, 'model not found: /none'],
    ['SAEs that are not there', { saes: '/none' }, 'saes not found: /none'],
    ['a corpus that is not there', { corpus: ['/none.txt'] }, 'corpus not found: /none.txt'],
    ['a context longer than the model’s', { context: 999 }, "invalid context: 999, expected at most the model's 24"],
    ['a layer without an SAE', { layers: [7] }, 'no sae of layer 7: there are saes of layers 0, 1'],
  ])('%s', async (_name, settings, message) => {
    const failure = await failureOf(settings);
    expect(failure.message).toContain(message);
    expect(failure.left).toEqual([]);
  });

  it.each([
    ['an empty corpus', 'empty.txt', '', /^empty corpus: no text in .*empty\.txt$/],
    [
      'a corpus of less than one context',
      'short.txt',
      'short',
      /^corpus too short: not one context of 24 tokens \(.*short\.txt\)$/,
    ],
    [
      'a malformed line of JSON',
      'bad.jsonl',
      '{"text": "a"}\n{"text": "b"',
      /^malformed json line: .*\(.*bad\.jsonl:2\)$/,
    ],
    ['a line without text', 'bad.jsonl', '{"txt": "a"}', /^missing text field \(.*bad\.jsonl:1\)$/],
  ])('%s', async (_name, file, text, message) => {
    const failure = await failureOf({ corpus: [await corpusOf(file, text)] });
    expect(failure.message).toMatch(message);
    expect(failure.left).toEqual([]);
  });

  it('a truncated file of weights', async () => {
    const saes = await changedSaes((folder) => truncate(join(folder, 'sae_weights.safetensors'), 5000));
    const failure = await failureOf({ saes });
    expect(failure.message).toMatch(/^truncated file: .* \(.*sae_weights\.safetensors\)$/);
    expect(failure.left).toEqual([]);
  });

  it('SAEs of other hooks alone', async () => {
    const saes = await changedSaes(async (folder) => {
      const path = join(folder, 'cfg.json');
      await writeFile(path, (await readFile(path, 'utf8')).replace('attn.hook_z', 'hook_resid_pre'));
      await rm(join(folder, '../blocks.1.hook_z'), { recursive: true });
    });
    expect((await failureOf({ saes })).message).toMatch(/^no sae of an attention output: 1 sae /);
  });
});

describe('a finished run', { timeout: 120_000 }, () => {
  it('is left as it is by the same settings, and refused to others', async () => {
    const out = await runReference(seed);
    const record = await readFile(join(out, 'run.json'), 'utf8');
    await run(referenceConfig(seed, out), silentEffects());
    await expect(run(referenceConfig(seed, out, { seed: 3 }), silentEffects())).rejects.toThrow(
      'out holds a finished run of other settings',
    );
    expect(await readFile(join(out, 'run.json'), 'utf8')).toBe(record);
    expect(await readdir(out)).not.toContain('.work');
  });
});

it.runIf(process.platform === 'linux')('a run that is stopped before it records leaves no file open', async () => {
  const out = await temporaryFolder();
  const log = (line: string) => {
    if (line.startsWith('estimate')) throw new Error('stopped');
  };
  await expect(run(referenceConfig(seed, out), { ...silentEffects(), log })).rejects.toThrow('stopped');
  expect(openIn(out)).toEqual([]);
});
