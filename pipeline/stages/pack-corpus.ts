import type { RunConfig } from '../config.ts';
import { UserError } from '../core/user-error.ts';
import type { Effects } from '../effects.ts';
import { writeJsonAtomic } from '../io/atomic.ts';
import { documents } from '../io/corpora.ts';
import { pathKind, readJsonFile } from '../io/files.ts';
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

/** The corpus tokenised and packed into a file of contexts, unless an interrupted run has done so already. */
export async function packCorpus(job: PackJob): Promise<PackedCorpus> {
  const path = job.workspace.path('contexts.bin');
  const counted = job.workspace.path('documents.json');
  if ((await pathKind(counted)) !== 'file') await writeJsonAtomic(counted, await writeOrDiscard(job, path));
  const contexts = await openContexts(path, job.inputs.contextLength);
  if (contexts.count * contexts.length > 2 ** 32) {
    throw new UserError(
      `corpus of ${contexts.count} contexts is too long, expected at most ${2 ** 32} tokens; use --tokens`,
    );
  }
  return { contexts, documents: Number(await readJsonFile(counted)) };
}

/** Writes the contexts; a corpus that cannot be read leaves nothing behind. */
async function writeOrDiscard(job: PackJob, path: string): Promise<number> {
  try {
    return await write(job, path);
  } catch (error) {
    if (error instanceof UserError) await job.workspace.discard();
    throw error;
  }
}

/** Writes the contexts and returns the number of documents they came from. */
async function write({ config, inputs, effects }: PackJob, path: string): Promise<number> {
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
  await writeContexts(path, take(contexts, most), (written) => {
    packed = written;
  });
  progress.end();
  if (packed === 0) {
    throw new UserError(`corpus too short: not one context of ${contextLength} tokens (${config.corpus.join(', ')})`);
  }
  return count;
}

async function* take<T>(items: AsyncIterable<T>, most: number): AsyncGenerator<T> {
  let taken = 0;
  for await (const item of items) {
    yield item;
    if (++taken >= most) return;
  }
}
