import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { loadTokenizer } from '../../pipeline/files/tokenizer/load-tokenizer.ts';
import { tokenStreams } from '../../pipeline/training/demo-corpus.ts';
import { embeddedConfig } from '../../pipeline/training/embedded-config.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const lockSchema = z.looseObject({
  packages: z.record(z.string(), z.looseObject({ os: z.unknown().optional(), cpu: z.unknown().optional() })),
});
const lock = lockSchema.parse(JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')));

/** Where the project runs, as npm names it. */
const platforms = ['linux', 'darwin', 'win32'];

test('the demo reads packages that the lock file pins, the same on every platform', async () => {
  const names = (await embeddedConfig()).corpus.map(
    (path) => /node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path,
  );
  for (const name of names) {
    const entry = lock.packages[name];
    expect(entry, name).toBeDefined();
    expect(entry?.os ?? platforms, name).toEqual(expect.arrayContaining(platforms));
    expect(entry?.cpu, name).toBeUndefined();
  }
});

test('the demo has more than a million and a half tokens to read', async () => {
  const tokenizer = await loadTokenizer(`${root}data/model`);
  const { train, heldOut } = await tokenStreams((await embeddedConfig()).corpus, tokenizer);
  expect(tokenizer.vocabSize).toBe(4096);
  expect(train.length + heldOut.length).toBeGreaterThan(1_500_000);
}, 60_000);

test('whole documents are held out, and no token is lost or taken twice', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'atlas-streams-'));
  const tokenizer = await loadTokenizer(`${root}data/model`);
  const texts = Array.from({ length: 200 }, (_, i) => `${i}. A document of its own.`);
  await writeFile(join(dir, 'all.jsonl'), texts.map((text) => JSON.stringify({ text })).join('\n'));
  const { train, heldOut } = await tokenStreams([dir], tokenizer);
  await rm(dir, { recursive: true });
  const read = (stream: Int32Array) => tokenizer.decode(Array.from(stream)).split('<|endoftext|>').slice(0, -1);
  expect([...read(train), ...read(heldOut)].toSorted()).toEqual(texts.toSorted());
  expect(read(heldOut).length).toBeGreaterThan(2);
  expect(read(heldOut).length).toBeLessThan(30);
});
