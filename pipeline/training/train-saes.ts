import { basename, join } from 'node:path';
import type { TrainConfig } from '../commands/train.ts';
import { ownFolder } from '../disk/own-folder.ts';
import type { Effects } from '../effects.ts';
import { createEngine } from '../engine/index.ts';
import { UserError } from '../errors/user-error.ts';
import { writeJsonAtomic } from '../files/atomic.ts';
import { pathKind, readJsonFile } from '../files/files.ts';
import type { LanguageModel } from '../files/model/language-model.ts';
import { modelName } from '../files/model/model-name.ts';
import { documents } from '../files/text/corpora.ts';
import { corpusFiles } from '../files/text/corpus-files.ts';
import type { Tokenizer } from '../files/tokenizer/load-tokenizer.ts';
import type { Model } from '../model/model.ts';
import { finiteEngine } from '../record/finite-engine.ts';
import { identify, modelIdentity, tokenizerIdentity } from '../record/identity.ts';
import { contextOf } from '../record/inputs.ts';
import { packContexts } from '../record/pack.ts';
import { withLanguageModel } from '../record/with-language-model.ts';
import { openCheckpoints, removeCheckpoints, removeUnusedCheckpoints } from './sae/checkpoint.ts';
import { finishSaes } from './sae/finish.ts';
import type { TrainJob } from './sae/job.ts';
import { keptContexts } from './sae/kept-contexts.ts';
import { refuseReplacing } from './sae/sae-folder.ts';
import { trainJob } from './sae/train-job.ts';

/** What one training is; the same settings give the same bytes. Files are known by content, not by place. */
interface Settings
  extends Omit<TrainConfig, 'model' | 'corpus' | 'backend' | 'threads' | 'out' | 'layers' | 'context'> {
  readonly modelHash: string;
  readonly tokenizerHash: string;
  readonly corpusHash: string;
  readonly layers: readonly number[];
  readonly context: number;
}

const CHECKPOINT_MS = 120_000;

/**
 * Trains SAEs on a site of a model's layers, at one or several sparsities, from one pass of the model, and writes each in
 * SAELens's layout, and OUT/training.json.
 * The same command resumes what was interrupted and gives the same bytes as one that was not.
 * Throws UserError for bad input, and where OUT holds SAEs of another training that are not to be replaced.
 */
export function trainSaes(
  config: TrainConfig,
  effects: Effects,
  checkpointMs = CHECKPOINT_MS,
  others: Others = 'refused',
): Promise<void> {
  return ownFolder(config.out, 'train', () => trainOwned(config, effects, { checkpointMs, others }));
}

/** What becomes of a training of other settings that OUT holds, finished. */
type Others = 'refused' | 'replaced';

interface Manner {
  readonly checkpointMs: number;
  readonly others: Others;
}

const trainOwned = (config: TrainConfig, effects: Effects, manner: Manner): Promise<void> =>
  withLanguageModel(config.model, (loaded) => trainOn(loaded, config, effects, manner), config.out);

async function trainOn(
  { model, tokenizer }: LanguageModel,
  config: TrainConfig,
  effects: Effects,
  { checkpointMs, others }: Manner,
): Promise<void> {
  for (const note of tokenizer.notes) effects.log(note);
  const settings = await resolveSettings(config, model);
  const record = join(config.out, 'training.json');
  const checkpoints = join(config.out, 'checkpoint');
  const finished = await finishedAt(record);
  if (sameJson(finished, settings)) {
    await removeCheckpoints(checkpoints);
    return effects.log(`${config.out} is already trained with these settings`);
  }
  if (finished !== undefined && others === 'refused') {
    throw new UserError(
      `out holds a finished training of other settings, expected another folder or none there (${record})`,
    );
  }
  const isBegun = (await pathKind(checkpoints)) !== 'missing';
  if (!isBegun && others === 'refused') await refuseReplacing(config, settings.layers);
  await openCheckpoints(checkpoints, settings, effects);
  try {
    const saes = await trainInto({ model, tokenizer, checkpoints, checkpointMs }, settings, config, effects);
    await writeJsonAtomic(record, { settings, saes });
  } catch (error) {
    if (error instanceof UserError) await removeUnusedCheckpoints(checkpoints);
    throw error;
  }
  await removeCheckpoints(checkpoints);
}

/** Trains, and writes the SAEs into OUT; what its record says of them. */
async function trainInto(
  { model, tokenizer, ...places }: LanguageModel & Pick<TrainJob, 'checkpoints' | 'checkpointMs'>,
  { layers, context }: Settings,
  config: TrainConfig,
  effects: Effects,
): ReturnType<typeof finishSaes> {
  const engine = finiteEngine(await createEngine({ ...config, keepsMemory: true }));
  const contexts = keptContexts(() => packed(config, { model, tokenizer, context }));
  const job: TrainJob = { config, layers, context, engine, model, contexts, ...places, effects };
  const trained = await trainJob(job);
  const saes = await finishSaes(job, trained, {
    modelName: await modelName(config.model),
    datasetPath: config.corpus.length === 1 ? basename(config.corpus[0]) : 'local files',
  });
  await trained.close();
  return saes;
}

/** The corpus in contexts, documents in random order. Throws UserError at its end where there was none. */
async function* packed(
  { corpus, out, seed }: TrainConfig,
  { model, tokenizer, context }: { readonly model: Model; readonly tokenizer: Tokenizer; readonly context: number },
): AsyncGenerator<Int32Array> {
  const { bosTokenId, eosTokenId } = tokenizer;
  const pack = { context, bosTokenId, eosTokenId, vocabSize: model.config.vocabSize };
  let isEmpty = true;
  for await (const tokenIds of packContexts(documents(corpus, { without: out, shuffle: seed }), tokenizer, pack)) {
    isEmpty = false;
    yield tokenIds;
  }
  if (isEmpty) throw new UserError(`corpus too short: not one context of ${context} tokens (${corpus.join(', ')})`);
}

async function resolveSettings(config: TrainConfig, model: Model): Promise<Settings> {
  const { model: modelDir, corpus, backend, threads, out, ...rest } = config;
  const layers = config.layers ?? Array.from({ length: model.config.nLayers }, (_, layer) => layer);
  const missing = layers.find((layer) => layer >= model.config.nLayers);
  if (missing !== undefined) {
    throw new UserError(`no layer ${missing}: the model has layers 0 to ${model.config.nLayers - 1} (${config.model})`);
  }
  checkSparsity(config);
  const { sha256: modelHash } = await modelIdentity(modelDir);
  const { sha256: tokenizerHash } = await tokenizerIdentity(modelDir);
  const { sha256: corpusHash } = await identify(await corpusFiles(corpus, out));
  return { ...rest, layers, context: contextOf(config, model, []), modelHash, tokenizerHash, corpusHash };
}

function checkSparsity({ kind, targetL0, dSae, matryoshka }: TrainConfig): void {
  const most = targetL0.find((l0) => l0 > dSae);
  if (most !== undefined) throw new UserError(`target l0 is ${most}, expected at most d_sae ${dSae}`);
  const broken = kind === 'topk' ? targetL0.find((l0) => !Number.isInteger(l0)) : undefined;
  if (broken !== undefined) throw new UserError(`target l0 is ${broken}, expected a whole number for topk`);
  if (new Set(targetL0).size < targetL0.length)
    throw new UserError(`target l0 is ${targetL0.join(',')}, expected each once`);
  if (matryoshka === undefined) return;
  if (kind !== 'batchtopk') throw new UserError(`matryoshka with kind ${kind}, expected batchtopk`);
  const rising = matryoshka.every((size, i) => (i === 0 || size > matryoshka[i - 1]) && size <= dSae);
  if (!rising) throw new UserError(`matryoshka is ${matryoshka.join(',')}, expected rising sizes up to d_sae ${dSae}`);
}

/** The settings of the training that a record is of, null where it does not tell; undefined where there is no record. */
async function finishedAt(record: string): Promise<unknown> {
  if ((await pathKind(record)) === 'missing') return undefined;
  const done = await readJsonFile(record);
  return typeof done === 'object' && done !== null && 'settings' in done ? done.settings : null;
}

const sameJson = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
