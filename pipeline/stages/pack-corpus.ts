import type { RunConfig } from '../config.ts';
import { UserError } from '../core/user-error.ts';
import { type Checksum, DamagedFile, verifyFile } from '../disk/checksum.ts';
import { readSealedJson, writeSealedJson } from '../disk/sealed-json.ts';
import type { Effects } from '../effects.ts';
import { documents } from '../io/corpora.ts';
import { type ContextFile, openContexts, writeContexts } from './context-file.ts';
import type { RunInputs } from './inputs.ts';
import { packContexts } from './pack.ts';
import type { Workspace } from './workspace.ts';

export interface PackedCorpus {
  readonly contexts: ContextFile;
  readonly documents: number;
}

export interface PackJob {
  readonly config: Pick<RunConfig, 'corpus' | 'tokens'>;
  readonly inputs: Pick<RunInputs, 'tokenizer' | 'model' | 'corpus' | 'contextLength'>;
  readonly workspace: Pick<Workspace, 'path' | 'discard'>;
  readonly effects: Effects;
}

/** What was packed, written once it is whole. */
interface PackRecord {
  readonly documents: number;
  readonly contexts: Checksum;
}

/** The corpus tokenised and packed into a file of contexts, unless an interrupted run has done so already. */
export async function packCorpus(job: PackJob): Promise<PackedCorpus> {
  const path = job.workspace.path('contexts.bin');
  const recordPath = job.workspace.path('documents.json');
  const record = (await packedBefore(path, recordPath, job.effects)) ?? (await packNow(job, path, recordPath));
  const contexts = await openContexts(path, job.inputs.contextLength);
  if (contexts.count * contexts.length > 2 ** 32) {
    throw new UserError(
      `corpus of ${contexts.count} contexts is too long, expected at most ${2 ** 32} tokens; use --tokens`,
    );
  }
  return { contexts, documents: record.documents };
}

/** What an interrupted run packed; nothing where there is none, or where it is damaged. */
async function packedBefore(path: string, recordPath: string, effects: Effects): Promise<PackRecord | undefined> {
  try {
    const record = (await readSealedJson(recordPath)) as PackRecord | undefined;
    if (record) await verifyFile(path, record.contexts);
    return record;
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error;
    effects.log(`${error.message}: the corpus is packed again`);
    return undefined;
  }
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

/** Writes the contexts and counts the documents they came from. */
async function write({ config, inputs, effects }: PackJob, path: string): Promise<PackRecord> {
  const { tokenizer, model, corpus, contextLength } = inputs;
  const most =
    config.tokens === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(1, Math.floor(config.tokens / (contextLength - 1)));
  const bytes = corpus.reduce((sum, file) => sum + file.bytes, 0);
  const progress = effects.progress('packing', bytes, 'bytes');
  let [read, packed, count] = [0, 0, 0];
  function onBytes(added: number): void {
    read += added;
    progress.update(Math.min(read, bytes));
  }
  async function* counted() {
    const paths = corpus.map(({ path }) => path); // those that were hashed
    for await (const document of documents(paths, { onBytes })) {
      if (!document.continues) count++;
      yield document;
    }
  }
  const { bosTokenId, eosTokenId } = tokenizer;
  const contexts = packContexts(counted(), tokenizer, {
    context: contextLength,
    bosTokenId,
    eosTokenId,
    vocabSize: model.config.vocabSize,
  });
  const checksum = await writeContexts(path, take(contexts, most), (written) => {
    packed = written;
  });
  progress.end();
  if (packed === 0) {
    throw new UserError(`corpus too short: not one context of ${contextLength} tokens (${config.corpus.join(', ')})`);
  }
  return { documents: count, contexts: checksum };
}

async function* take<T>(items: AsyncIterable<T>, most: number): AsyncGenerator<T> {
  let taken = 0;
  for await (const item of items) {
    yield item;
    if (++taken >= most) return;
  }
}
