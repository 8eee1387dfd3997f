import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeTinyModel } from '../training/tiny-model.ts';
import { atlasWords, type Block, blocksOf, commandsOf, pages } from './fenced-blocks.ts';

/** Sizes of a model of two layers, in place of those that a page's settings file says. */
const small = {
  context: 16,
  tokens: 4000,
  dSae: 64,
  targetL0: [8],
  batchTokens: 256,
  qualityTokens: 256,
  circuitTokens: 16,
  familyExamples: 1,
  studies: ['none'],
};
const cli = join(import.meta.dirname, '../../pipeline/cli.ts');
const start = promisify(execFile);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atlas-docs-'));
  const { model, corpus } = await writeTinyModel(folder);
  await mkdir(join(folder, 'models'));
  await cp(model, join(folder, 'models/mine'), { recursive: true });
  await mkdir(join(folder, 'text'));
  await cp(corpus, join(folder, 'text/all.jsonl'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A block of commands that needs nothing but atlas, or a settings file. */
const isRun = ({ language, note }: Block) => (language === 'sh' && note === '') || (language === 'json' && note !== '');

/** Pages with commands that need nothing but atlas, the tutorial first: others go on from what it makes. */
const inOrder = pages
  .filter((page) => blocksOf(page).some(isRun))
  .toSorted((a, b) => Number(b.endsWith('tutorial.md')) - Number(a.endsWith('tutorial.md')));

describe.each(inOrder)('the commands of %s', (page) => {
  test.each(blocksOf(page).filter(isRun))(
    '$place',
    { timeout: 600_000 },
    async ({ language, note, text, ...block }) => {
      if (language === 'json') {
        await writeFile(join(folder, note), JSON.stringify({ ...JSON.parse(text), ...small }));
        return;
      }
      for (const command of commandsOf({ language, note, text, ...block })) {
        const words = atlasWords(command);
        if (!words) throw new Error(`${command} is no command of atlas: mark its block with what it needs`);
        await start(process.execPath, [cli, ...words], { cwd: folder });
      }
    },
  );
});

test('the tutorial has made tables and a site under its base', () => {
  for (const file of ['saes/mine', 'runs/mine/run.json', 'site/index.html', 'site/explorer.html'])
    expect(existsSync(join(folder, file)), file).toBe(true);
});
