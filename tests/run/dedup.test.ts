import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silentEffects } from '../../pipeline/effects.ts';
import { run } from '../../pipeline/run.ts';
import { openRun } from '../../pipeline/tables/reader.ts';
import { quickConfig } from './quick-case.ts';
import { folderOf, removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

afterAll(removeTemporaryFolders);

async function textsOf(name: string, settings: Parameters<typeof quickConfig>[1]) {
  const out = join(await temporaryFolder(), name);
  await run(quickConfig(out, { tokens: 100_000, ...settings }), silentEffects());
  const reader = await openRun(out);
  const documents = await reader.documents();
  const { counts, fingerprint } = reader.record;
  reader.close();
  return { counts, fingerprint, hashes: documents.map(({ hash }) => hash), files: documents.map(({ file }) => file) };
}

test('a run reads each document once however often the corpus has it, and says how many it left out', async () => {
  const folder = await temporaryFolder();
  const [once, twice] = [join(folder, 'once'), join(folder, 'twice')];
  await mkdir(once);
  const lines = (await readFile(join(folderOf(7), 'corpus.jsonl'), 'utf8')).trim().split('\n');
  const half = lines.length >> 1;
  await writeFile(join(once, 'a.jsonl'), lines.slice(0, half).join('\n'));
  await writeFile(join(once, 'b.jsonl'), lines.slice(half).join('\n'));
  await cp(once, twice, { recursive: true });
  await cp(join(once, 'a.jsonl'), join(twice, 'c.jsonl'));

  const plain = await textsOf('plain', { corpus: [once], dedup: true });
  expect(plain.counts).toMatchObject({ documentsDropped: 0, tokensDropped: 0 });
  const deduped = await textsOf('deduped', { corpus: [twice], dedup: true });
  expect(deduped.hashes).toEqual(plain.hashes);
  expect(deduped.counts).toMatchObject({ documents: plain.counts.documents, documentsDropped: half });
  expect(deduped.counts.tokensDropped).toBeGreaterThan(half);
  const asked = await textsOf('not asked', { corpus: [once] });
  expect(asked.counts).not.toHaveProperty('documentsDropped');

  const shuffled = await textsOf('shuffled', { corpus: [twice], dedup: true, shuffle: true });
  expect(shuffled.hashes).not.toEqual(plain.hashes);
  expect(shuffled.counts).toMatchObject({ documents: plain.counts.documents, documentsDropped: half });
  const all = [plain, deduped, asked, shuffled];
  expect(new Set(all.map(({ fingerprint }) => fingerprint)).size).toBe(all.length);
}, 60_000);
