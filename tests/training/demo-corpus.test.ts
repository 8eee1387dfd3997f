import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { loadTokenizer } from '../../pipeline/files/tokenizer/load-tokenizer.ts';
import { demoCorpus, tokenStream } from '../../pipeline/training/demo-corpus.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const lockSchema = z.looseObject({
  packages: z.record(z.string(), z.looseObject({ os: z.unknown().optional(), cpu: z.unknown().optional() })),
});
const lock = lockSchema.parse(JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')));

test('the demo reads packages that the lock file pins, the same on every platform', () => {
  const names = demoCorpus().map((path) => /node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path);
  for (const name of names) {
    const entry = lock.packages[name];
    expect(entry, name).toBeDefined();
    expect([entry?.os, entry?.cpu], name).toEqual([undefined, undefined]);
  }
});

test('the demo has a million tokens to read', async () => {
  const tokenizer = await loadTokenizer(`${root}data/model`);
  const stream = await tokenStream(demoCorpus(), tokenizer);
  expect(tokenizer.vocabSize).toBe(4096);
  expect(stream.length).toBeGreaterThan(1_000_000);
}, 60_000);
