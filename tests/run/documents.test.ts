import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordingEffects } from '../../pipeline/effects.ts';
import { loadTokenizer, type Tokenizer } from '../../pipeline/files/tokenizer/load-tokenizer.ts';
import type { ContextRow, DocumentRow } from '../../pipeline/record/table.ts';
import { run } from '../../pipeline/run.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { folderOf, referenceConfig, removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

let corpus: string;
let reader: RunReader;
let documents: DocumentRow[];
let contexts: ContextRow[];
let tokenizer: Tokenizer;
let said: readonly string[];

/** The reference's text in files of four documents each, one file without any, and a limit that the third file meets. */
beforeAll(async () => {
  const folder = await temporaryFolder();
  corpus = join(folder, 'texts');
  await mkdir(corpus);
  const lines = (await readFile(join(folderOf(7), 'corpus.jsonl'), 'utf8')).trim().split('\n');
  for (let file = 0; file < 8; file++) {
    const own = lines.slice(4 * file, 4 * file + 4).map((line) => `${line}\n`);
    await writeFile(join(corpus, `part-${file}.jsonl`), file === 1 ? '\n' : own.join(''));
  }
  const config = referenceConfig(7, join(folder, 'out'), { corpus: [corpus], tokens: 1449 });
  const recording = recordingEffects();
  await run(config, recording.effects);
  said = recording.lines;
  reader = await openRun(config.out);
  documents = await reader.documents();
  contexts = await reader.contexts(0, reader.counts.contexts);
  tokenizer = await loadTokenizer(config.model);
}, 120_000);

afterAll(async () => {
  reader.close();
  await removeTemporaryFolders();
});

test('the record names the files that were packed, not those that were given', async () => {
  const { record } = reader;
  const names = record.corpus.map(({ file }) => file);
  expect(names).toEqual(['corpus/part-0.jsonl', 'corpus/part-2.jsonl', 'corpus/part-3.jsonl']);
  expect(record.counts).toMatchObject({ files: 3, filesGiven: 8, tokens: 1449 });
  for (const { file, bytes, sha256: hash, documents: own, tokens } of record.corpus) {
    const content = await readFile(join(corpus, file.replace('corpus/', '')));
    expect([bytes, hash]).toEqual([content.length, sha256(content)]);
    const rows = documents.filter((row) => row.file === file);
    expect([own, tokens]).toEqual([rows.length, rows.reduce((sum, row) => sum + row.tokens, 0)]);
  }
});

test('where the limit leaves files unread in their order, a line says so, and nowhere else', async () => {
  const ofCorpus = (lines: readonly string[]) => lines.filter((line) => line.startsWith('corpus: '));
  expect(ofCorpus(said)).toEqual([
    'corpus: --tokens are reached in file 4 of 8, the rest is not read (--shuffle reads files and documents in random order)',
  ]);
  await writeFile(join(corpus, 'part-8.jsonl'), '{"text": ""}\n');
  for (const more of [{ shuffle: true }, { tokens: 100_000 }]) {
    const { effects, lines } = recordingEffects();
    const few = { qualityTokens: 64, familyExamples: 0, upstreamExamples: 0, circuitTokens: 0, mapNeighbours: 0 };
    const settings = { ...few, studies: [], corpus: [corpus], tokens: 1449, ...more };
    await run(referenceConfig(7, await temporaryFolder(), settings), effects);
    expect(ofCorpus(lines)).toEqual([]);
  }
}, 60_000);

test('documents follow one another, and their tokens are all that were packed', () => {
  expect(documents.map(({ document }) => document)).toEqual(documents.map((_, i) => i));
  let start = 0;
  for (const { token_start, tokens } of documents) {
    expect(token_start).toBe(start);
    start += tokens;
  }
  expect(start).toBe(reader.counts.tokens);
  expect(documents).toHaveLength(reader.counts.documents);
});

test('each document is found at its offset, by its hash', async () => {
  for (const { file, offset, hash } of documents) {
    const content = await readFile(join(corpus, file.replace('corpus/', '')));
    const [line] = content.subarray(offset).toString().split('\n', 1);
    expect(hash).toBe(sha256(JSON.parse(line ?? '').text));
  }
});

test('every token of every context is traced to its document, by the context and by the documents alike', async () => {
  const ids = await Promise.all(
    documents.map(async ({ file, offset }) => {
      const content = await readFile(join(corpus, file.replace('corpus/', '')));
      const [line] = content.subarray(offset).toString().split('\n', 1);
      return [...tokenizer.encode(JSON.parse(line ?? '').text), tokenizer.eosTokenId];
    }),
  );
  const packed = documents.flatMap(({ tokens }, i) => (ids[i] ?? []).slice(0, tokens));
  expect(contexts).toHaveLength(reader.counts.contexts);
  for (const { context, token_ids, document, offset } of contexts) {
    const perContext = token_ids.length - 1;
    expect([...token_ids.subarray(1)]).toEqual(packed.slice(context * perContext, (context + 1) * perContext));
    expect((documents[document]?.token_start ?? Number.NaN) + offset).toBe(context * perContext);
  }
});
