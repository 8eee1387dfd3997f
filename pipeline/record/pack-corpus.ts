import { join } from 'node:path';
import * as z from 'zod';
import type { RunConfig } from '../commands/run.ts';
import { checksumSchema, DamagedFile, verifyFile } from '../disk/checksum.ts';
import { readSealedJson, writeSealedJson } from '../disk/sealed-json.ts';
import type { Effects } from '../effects.ts';
import { UserError } from '../errors/user-error.ts';
import { pathKind } from '../files/files.ts';
import { documentsIn } from '../files/text/corpora.ts';
import { type ContextFile, openContexts, writeContexts } from './context-file.ts';
import type { RunInputs } from './inputs.ts';
import { type Dropped, NearDuplicates } from './near-duplicates.ts';
import { packContexts } from './pack.ts';
import { PackLedger } from './pack-ledger.ts';
import { PackTables, type PackTotals } from './pack-tables.ts';
import { contexts, documents } from './table.ts';
import type { Workspace } from './workspace.ts';

export interface PackedCorpus extends PackTotals {
  readonly contexts: ContextFile;
  /** Near-duplicates that were left out, where they were looked for. */
  readonly dropped: Dropped | undefined;
}

export interface PackJob {
  readonly config: Pick<RunConfig, 'corpus' | 'tokens'> & Partial<Pick<RunConfig, 'dedup' | 'shuffle' | 'seed'>>;
  readonly inputs: Pick<RunInputs, 'tokenizer' | 'model' | 'corpus' | 'contextLength' | 'hasBos'>;
  readonly workspace: Pick<Workspace, 'path' | 'discard'>;
  readonly effects: Effects;
  /** The run's folder, where the tables of contexts and documents go; none of a study's own text. */
  readonly out?: string;
}

const recordSchema = z.object({
  documents: z.int(),
  files: z.array(z.object({ file: z.string(), documents: z.int(), tokens: z.int() })).readonly(),
  contexts: checksumSchema,
  dropped: z.object({ documents: z.int(), tokens: z.int() }).optional(),
});

/** What was packed, written once it is whole. */
type PackRecord = Readonly<z.infer<typeof recordSchema>>;

/** The corpus tokenised and packed into a file of contexts, unless an interrupted run has done so already. */
export async function packCorpus(job: PackJob): Promise<PackedCorpus> {
  const path = job.workspace.path('contexts.bin');
  const recordPath = job.workspace.path('packed.json');
  const record = (await packedBefore(job, path, recordPath)) ?? (await packNow(job, path, recordPath));
  const contexts = await openContexts(path, job.inputs.contextLength);
  if (contexts.count * contexts.length > 2 ** 32) {
    await contexts.close();
    throw new UserError(
      `corpus of ${contexts.count} contexts is too long, expected at most ${2 ** 32} tokens; use --tokens`,
    );
  }
  return { contexts, documents: record.documents, files: record.files, dropped: record.dropped };
}

/** What an interrupted run packed; nothing where there is none, or where it is damaged. */
async function packedBefore(
  { out, effects }: PackJob,
  path: string,
  recordPath: string,
): Promise<PackRecord | undefined> {
  try {
    const record = await readSealedJson(recordPath, recordSchema);
    if (record) await verifyFile(path, record.contexts);
    return (await hasTables(out)) ? record : undefined;
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error;
    effects.log(`${error.message}: the corpus is packed again`);
    return undefined;
  }
}

async function hasTables(out: string | undefined): Promise<boolean> {
  if (out === undefined) return true;
  const kinds = await Promise.all([contexts, documents].map(({ name }) => pathKind(join(out, name))));
  return kinds.every((kind) => kind === 'folder');
}

async function packNow(job: PackJob, path: string, recordPath: string): Promise<PackRecord> {
  const record = await writeOrDiscard(job, path);
  await writeSealedJson(recordPath, record);
  return record;
}

/** Writes the contexts; a corpus that cannot be read leaves nothing behind. */
async function writeOrDiscard(job: PackJob, path: string): Promise<PackRecord> {
  try {
    return await write(job, path);
  } catch (error) {
    if (error instanceof UserError) await job.workspace.discard();
    throw error;
  }
}

/** Writes the contexts, and the tables of what they are made of. */
async function write({ config, inputs, effects, out }: PackJob, path: string): Promise<PackRecord> {
  const { tokenizer, model, corpus, contextLength, hasBos } = inputs;
  const most =
    config.tokens === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(1, Math.floor(config.tokens / (contextLength - 1)));
  const bytes = corpus.reduce((sum, file) => sum + file.bytes, 0);
  const progress = effects.progress('packing', bytes, 'bytes');
  let read = 0;
  function onBytes(added: number): void {
    read += added;
    progress.update(Math.min(read, bytes));
  }
  const ledger = new PackLedger(contextLength - 1);
  const { bosTokenId, eosTokenId } = tokenizer;
  const duplicates = config.dedup ? new NearDuplicates() : undefined;
  const shuffle = config.shuffle ? (config.seed ?? 0) : undefined;
  const contexts = packContexts(documentsIn(corpus, { onBytes, shuffle }), tokenizer, {
    context: contextLength,
    bosTokenId: hasBos ? bosTokenId : undefined,
    eosTokenId,
    vocabSize: model.config.vocabSize,
    duplicates,
    onDocument: (document, tokens) => ledger.add(document, tokens),
  });
  const tables = await PackTables.open(ledger, out);
  try {
    let packed = 0;
    const checksum = await writeContexts(path, recorded(take(contexts, most), tables), (written) => {
      packed = written;
    });
    progress.end();
    if (packed === 0) {
      throw new UserError(`corpus too short: not one context of ${contextLength} tokens (${config.corpus.join(', ')})`);
    }
    const totals = await tables.close();
    if (config.shuffle === false && packed === most) noteUnread(corpus, totals, effects);
    return { ...totals, contexts: checksum, dropped: duplicates?.dropped };
  } finally {
    await tables.abort();
  }
}

/** Says where files come after the last that was read: a run on the first of many books tells of that book. */
function noteUnread(corpus: RunInputs['corpus'], { files }: PackTotals, { log }: Effects): void {
  const read = 1 + corpus.findIndex(({ file }) => file === files.at(-1)?.file);
  if (read === corpus.length) return;
  log(
    `corpus: --tokens are reached in file ${read} of ${corpus.length}, the rest is not read (--shuffle reads files and documents in random order)`,
  );
}

async function* recorded(contexts: AsyncIterable<Int32Array>, tables: PackTables): AsyncGenerator<Int32Array> {
  for await (const tokenIds of contexts) {
    await tables.add(tokenIds);
    yield tokenIds;
  }
}

async function* take<T>(items: AsyncIterable<T>, most: number): AsyncGenerator<T> {
  let taken = 0;
  for await (const item of items) {
    yield item;
    if (++taken >= most) return;
  }
}
