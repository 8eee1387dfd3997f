import type { RunConfig } from '../commands/run.ts';
import { UserError } from '../errors/user-error.ts';
import { mapBounded } from '../files/bounded.ts';
import { sha256File } from '../files/hash.ts';
import { loadLanguageModel } from '../files/model/language-model.ts';
import { readModelConfig } from '../files/model/model-dir.ts';
import { modelName } from '../files/model/model-name.ts';
import { type CorpusFile, corpusFiles } from '../files/text/corpus-files.ts';
import type { Tokenizer } from '../files/tokenizer/load-tokenizer.ts';
import { removeAbandonedWeights } from '../files/weight-files.ts';
import type { Model } from '../model/model.ts';
import { type FoldedBias, foldModel } from '../sae/folded-bias.ts';
import { saeName } from '../sae/formats/sae-name.ts';
import type { SaeProcessing } from '../sae/formats/sae-processing.ts';
import { lowerSaes } from '../sae/lower-saes.ts';
import type { Sae } from '../sae/sae.ts';
import type { Site } from '../sae/site.ts';
import { type ChosenSae, chooseSaes, contextSizeOf, foldsOf, hasBosFor, notesOn } from './choose-saes.ts';
import { HeldWeights } from './held-weights.ts';
import { modelIdentity, saeIdentity, tokenizerIdentity } from './identity.ts';
import { loadSaes } from './load-saes.ts';
import type { Identity } from './run-record.ts';
import { readSaeCurves, type SaeCurve } from './sae-curves.ts';

export interface HashedFile extends CorpusFile {
  readonly sha256: string;
}

/** What a run reads, loaded and checked, with the hashes that identify it. */
export interface RunInputs {
  /** Folded where the SAEs' processing asks for it. */
  readonly model: Model;
  readonly modelName: string;
  readonly saes: readonly Sae[];
  /** By the SAE's id. */
  readonly processings: ReadonlyMap<string, SaeProcessing>;
  /** What was decided of the inputs, to be printed. */
  readonly notes: readonly string[];
  readonly tokenizer: Tokenizer;
  readonly corpus: readonly HashedFile[];
  /** Tokens of a context, the beginning-of-sequence token included. */
  readonly contextLength: number;
  /** Whether contexts begin with BOS. */
  readonly hasBos: boolean;
  readonly identities: InputIdentities;
  /** Of the SAEs that say how they were trained. */
  readonly curves: readonly SaeCurve[];
  /** Removes what files hold of the weights. */
  release(): Promise<void>;
}

/** What tells inputs from others: their bytes and names. */
export interface InputIdentities {
  readonly model: Identity;
  readonly tokenizer: Identity;
  readonly saes: readonly SaeIdentity[];
}

interface SaeIdentity extends Identity {
  readonly id: string;
  readonly layer: number;
  readonly site: Site;
  readonly source: string;
  readonly foldedBias: FoldedBias;
}

const defaultContext = 128;
/** Files open at once: a corpus may have more of them than a process may open. */
const hashedAtOnce = 4;

/**
 * Loads everything a run needs. Weights that are large are kept in files of `filesIn`, where that is given, until they are
 * released; what a killed process left there is removed first. Throws UserError for the first thing that is wrong.
 */
export async function loadInputs(
  config: Pick<RunConfig, 'model' | 'saes' | 'corpus' | 'context' | 'layers' | 'select' | 'processing' | 'anyModel'> &
    Partial<Pick<RunConfig, 'out' | 'upstreamSaes' | 'bos'>>,
  filesIn?: string,
): Promise<RunInputs> {
  if (filesIn !== undefined) await removeAbandonedWeights(filesIn);
  const held = new HeldWeights(filesIn);
  try {
    return await loadedInputs(config, held);
  } catch (error) {
    await held.release();
    throw error;
  }
}

async function loadedInputs(config: Parameters<typeof loadInputs>[0], held: HeldWeights): Promise<RunInputs> {
  const corpus = await hashed(await corpusFiles(config.corpus, config.out));
  const { config: sizes } = await readModelConfig(config.model);
  const { model: loaded, tokenizer } = await loadLanguageModel(config.model, await held.ofModel(sizes));
  const { chosen, leftOut } = await chooseSaes(config, loaded.config);
  lowerSaes(
    chosen.map(({ source }) => source),
    config.upstreamSaes,
  );
  const contextLength = contextOf(config, loaded, chosen);
  const hasBos = hasBosFor(config.bos ?? 'auto', chosen);
  const { model: kept, keep } = await held.ofSaes(
    chosen.map(({ source }) => source.config),
    loaded,
  );
  const model = foldModel(kept, foldsOf(chosen));
  const saes = await loadSaes(chosen, tokenizer, keep);
  return {
    model,
    modelName: await modelName(config.model),
    saes,
    processings: new Map(chosen.map(({ source, processing }) => [source.id, processing])),
    notes: [...tokenizer.notes, ...leftOut, ...notesOn(chosen, config.context, { context: contextLength, hasBos })],
    tokenizer,
    corpus,
    contextLength,
    hasBos,
    identities: await identitiesOf(config.model, chosen),
    curves: await readSaeCurves(chosen.map(({ source }) => source)),
    release: () => held.release(),
  };
}

/** Identifies a model, its tokenizer, and SAEs with the z that each is given. */
export async function identitiesOf(model: string, chosen: readonly ChosenSae[]): Promise<InputIdentities> {
  const saes: SaeIdentity[] = [];
  for (const { source, processing } of chosen) {
    const { id, layer, config } = source;
    const named = { id, layer, site: config.site, source: saeName(source), foldedBias: processing.bias };
    saes.push({ ...named, ...(await saeIdentity(source)) });
  }
  return { model: await modelIdentity(model), tokenizer: await tokenizerIdentity(model), saes };
}

/** Context length: as asked for, else what the SAEs were trained on, else 128; the model's own where that is less. */
export function contextOf(
  config: Pick<RunConfig, 'context' | 'model'>,
  model: Model,
  chosen: readonly ChosenSae[],
): number {
  const { nContext } = model.config;
  if (config.context !== undefined && config.context > nContext) {
    throw new UserError(
      `invalid context: ${config.context}, expected at most the model's ${nContext} (${config.model})`,
    );
  }
  return config.context ?? Math.min(contextSizeOf(chosen) ?? defaultContext, nContext);
}

/** Files with the hashes of their bytes. */
export function hashed(files: readonly CorpusFile[]): Promise<HashedFile[]> {
  return mapBounded(files, hashedAtOnce, async (file) => ({ ...file, sha256: await sha256File(file.path) }));
}
