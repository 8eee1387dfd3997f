import { basename, join } from 'node:path';
import type { TrainConfig } from '../commands/train.ts';
import { ownFolder } from '../disk/own-folder.ts';
import type { Effects } from '../effects.ts';
import { createEngine } from '../engine/index.ts';
import { UserError } from '../errors/user-error.ts';
import { writeJsonAtomic } from '../files/atomic.ts';
import { pathKind, readJsonFile } from '../files/files.ts';
import { loadLanguageModel } from '../files/model/language-model.ts';
import { modelName } from '../files/model/model-name.ts';
import { documents } from '../files/text/corpora.ts';
import { corpusFiles } from '../files/text/corpus-files.ts';
import type { Tokenizer } from '../files/tokenizer/load-tokenizer.ts';
import type { Model } from '../model/model.ts';
import { finiteEngine } from '../record/finite-engine.ts';
import { identify, modelIdentity, tokenizerIdentity } from '../record/identity.ts';
import { contextOf } from '../record/inputs.ts';
import { packContexts } from '../record/pack.ts';
import { unlessDamaged } from './checkpoint-files.ts';
import { activationStream } from './sae-activations.ts';
import { openCheckpoints, readCheckpoint, removeCheckpoints, writeCheckpoint } from './sae-checkpoint.ts';
import { unscaledSae, writeSaeLens } from './sae-export.ts';
import { explainedVariance, type LayerTraining } from './sae-layer.ts';
import { trainLayers } from './sae-trainer.ts';
import { shuffledBlocks } from './shuffle.ts';

/** What one training is; the same settings give the same bytes. Files are known by content, not by place. */
interface Settings
  extends Omit<TrainConfig, 'model' | 'corpus' | 'backend' | 'threads' | 'out' | 'layers' | 'context'> {
  readonly modelHash: string;
  readonly tokenizerHash: string;
  readonly corpusHash: string;
  readonly layers: readonly number[];
  readonly context: number;
}

/** Most that the activation buffer holds, of all layers together; and most tokens. */
const BUFFER_BYTES = 2 ** 29;
const BUFFER_TOKENS = 2 ** 17;
/** Contexts are read in random order within blocks of so many: a corpus is seldom alike from end to end. */
const SHUFFLED_CONTEXTS = 2 ** 15;
/** Tokens a forward pass. */
const FORWARD_TOKENS = 2048;
const CHECKPOINT_MS = 120_000;

/**
 * Trains one SAE a layer on z and writes OUT/blocks.LAYER.hook_z in SAELens's layout, and OUT/training.json.
 * The same command resumes what was interrupted and gives the same bytes as one that was not.
 * Throws UserError for bad input. Source: Kissane et al. 2024, arXiv:2406.17759, section 2 and appendix.
 */
export function trainSaes(config: TrainConfig, effects: Effects, checkpointMs = CHECKPOINT_MS): Promise<void> {
  return ownFolder(config.out, 'train', () => trainOwned(config, effects, checkpointMs));
}

async function trainOwned(config: TrainConfig, effects: Effects, checkpointMs: number): Promise<void> {
  const { model, tokenizer } = await loadLanguageModel(config.model);
  for (const note of tokenizer.notes) effects.log(note);
  const settings = await resolveSettings(config, model);
  const record = join(config.out, 'training.json');
  const checkpoints = join(config.out, 'checkpoint');
  if (await isDone(record, settings)) {
    await removeCheckpoints(checkpoints);
    return effects.log(`${config.out} is already trained with these settings`);
  }
  await openCheckpoints(checkpoints, settings, effects);
  const trained = await train({ config, settings, model, tokenizer, checkpoints, checkpointMs, effects });
  for (const { layer, current, figures } of trained) {
    await writeSaeLens(config.out, unscaledSae(layer, current, figures.scale), {
      dtype: config.dtype,
      modelName: await modelName(config.model),
      context: settings.context,
      datasetPath: config.corpus.length === 1 ? basename(config.corpus[0] ?? '') : 'local files',
    });
  }
  await writeJsonAtomic(record, { settings, layers: trained.map(summary) });
  await removeCheckpoints(checkpoints);
}

async function resolveSettings(config: TrainConfig, model: Model): Promise<Settings> {
  const { model: modelDir, corpus, backend, threads, out, ...rest } = config;
  const layers = config.layers ?? Array.from({ length: model.config.nLayers }, (_, layer) => layer);
  const missing = layers.find((layer) => layer >= model.config.nLayers);
  if (missing !== undefined) {
    throw new UserError(`no layer ${missing}: the model has layers 0 to ${model.config.nLayers - 1} (${config.model})`);
  }
  if (config.l1.length !== 1 && config.l1.length !== layers.length) {
    throw new UserError(`${config.l1.length} values of l1, expected one or one for each of ${layers.length} layers`);
  }
  const { sha256: modelHash } = await modelIdentity(modelDir);
  const { sha256: tokenizerHash } = await tokenizerIdentity(modelDir);
  const { sha256: corpusHash } = await identify(await corpusFiles(corpus, out));
  return { ...rest, layers, context: contextOf(config, model, []), modelHash, tokenizerHash, corpusHash };
}

async function isDone(record: string, settings: Settings): Promise<boolean> {
  if ((await pathKind(record)) === 'missing') return false;
  const done = await readJsonFile(record);
  return typeof done === 'object' && done !== null && 'settings' in done && sameJson(done.settings, settings);
}

const sameJson = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

interface Job {
  readonly config: TrainConfig;
  readonly settings: Settings;
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly checkpoints: string;
  readonly checkpointMs: number;
  readonly effects: Effects;
}

async function train(job: Job): Promise<readonly LayerTraining[]> {
  const { config, settings, model, tokenizer, checkpoints, effects } = job;
  const { layers, context } = settings;
  const { nHeads, dHead, vocabSize } = model.config;
  const shape = { dIn: nHeads * dHead, dSae: config.dSae };
  const resume = await unlessDamaged(effects, () => readCheckpoint(checkpoints, layers, shape));
  if (resume) effects.log(`resuming at step ${resume.step} from ${checkpoints}`);
  const engine = finiteEngine(await createEngine({ backend: config.backend, threads: config.threads }));
  const pack = { context, bosTokenId: tokenizer.bosTokenId, eosTokenId: tokenizer.eosTokenId, vocabSize };
  const source = {
    engine,
    model,
    layers,
    context,
    batch: Math.max(1, Math.floor(FORWARD_TOKENS / context)),
    contexts: (epoch: number) =>
      shuffledBlocks(
        packContexts(documents(config.corpus, { without: config.out }), tokenizer, pack),
        SHUFFLED_CONTEXTS,
        [config.seed, epoch],
      ),
  };
  const stream = await activationStream(source, resume?.position);
  const steps = Math.max(1, Math.floor(config.tokens / config.batchTokens));
  const gainSteps = Math.floor(steps * config.gainPart);
  const l1 = layers.map((_, i) => config.l1[i] ?? config.l1[0] ?? 1);
  const bufferTokens = bufferSize(layers.length * shape.dIn, config);
  const trained = await trainLayers(
    { ...config, engine, shape, layers, l1, steps, gainSteps, bufferTokens, stream, resume, save: saver(job) },
    effects,
  );
  await stream.close();
  return trained;
}

/** Saves when `checkpointMs` have gone by since the last time. */
function saver({ checkpoints, checkpointMs, effects }: Job) {
  let saved = effects.now();
  return async (checkpoint: () => Parameters<typeof writeCheckpoint>[1]) => {
    if (effects.now() - saved < checkpointMs) return;
    await writeCheckpoint(checkpoints, checkpoint());
    saved = effects.now();
  };
}

/** Tokens the buffer holds: two halves of whole batches, within its limits and a quarter of what is trained on. */
function bufferSize(floatsPerToken: number, { batchTokens, tokens }: TrainConfig): number {
  const fitting = Math.min(BUFFER_BYTES / (4 * floatsPerToken), BUFFER_TOKENS, tokens / 4);
  return 2 * batchTokens * Math.max(1, Math.floor(fitting / (2 * batchTokens)));
}

function summary({ layer, figures }: LayerTraining): object {
  const { l0, lambda, scale } = figures;
  return { layer, l0, explainedVariance: explainedVariance(figures), lambda, scale };
}
