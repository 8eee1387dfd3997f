import { basename, resolve } from 'node:path';
import type { RunConfig } from '../config.ts';
import { architectureOf } from '../core/architectures/index.ts';
import { type FoldedBias, foldModel } from '../core/folded-bias.ts';
import type { Model } from '../core/model.ts';
import type { Sae } from '../core/sae.ts';
import { UserError } from '../core/user-error.ts';
import { mapBounded } from '../io/bounded.ts';
import { type CorpusFile, corpusFiles } from '../io/corpus-files.ts';
import { sha256File, sha256Files } from '../io/hash.ts';
import { loadModel, modelWeightFiles } from '../io/model-dir.ts';
import { modelName } from '../io/model-name.ts';
import { loadSae } from '../io/sae-dir.ts';
import type { SaeProcessing } from '../io/sae-processing.ts';
import { loadTokenizer, type Tokenizer } from '../io/tokenizer.ts';
import { chooseSaes, foldsOf, processingLines } from './choose-saes.ts';

export interface HashedFile extends CorpusFile {
  readonly sha256: string;
}

/** What a run reads, loaded and checked, with the hashes that identify it. */
export interface RunInputs {
  /** Folded where the SAEs' processing asks for it. */
  readonly model: Model;
  readonly modelName: string;
  readonly saes: readonly Sae[];
  /** By layer. */
  readonly processings: ReadonlyMap<number, SaeProcessing>;
  /** What was decided of the inputs, to be printed. */
  readonly notes: readonly string[];
  readonly tokenizer: Tokenizer;
  readonly corpus: readonly HashedFile[];
  /** Tokens of a context, the beginning-of-sequence token included. */
  readonly contextLength: number;
  readonly hashes: {
    readonly model: string;
    readonly tokenizer: string;
    readonly saes: readonly HashedSae[];
  };
}

export interface HashedSae {
  readonly layer: number;
  readonly source: string;
  readonly sha256: string;
  readonly foldedBias: FoldedBias;
}

const defaultContext = 128;
/** Files open at once: a corpus may have more of them than a process may open. */
const hashedAtOnce = 4;

/** Loads everything a run needs. Throws UserError for the first thing that is wrong. */
export async function loadInputs(
  config: Pick<RunConfig, 'model' | 'saes' | 'corpus' | 'context' | 'layers' | 'processing'> &
    Partial<Pick<RunConfig, 'out'>>,
): Promise<RunInputs> {
  const corpus = await hashed(await corpusFiles(config.corpus, config.out));
  const loaded = await loadModel(config.model);
  const tokenizer = await loadTokenizer(config.model);
  const contextLength = contextOf(config, loaded);
  const chosen = await chooseSaes(config, loaded.config);
  const model = foldModel(architectureOf(loaded.config.modelType), loaded, foldsOf(chosen));
  const saes: Sae[] = [];
  for (const { source } of chosen) saes.push(await loadSae(source));
  const hashes = {
    model: await sha256Files(await modelWeightFiles(config.model)),
    tokenizer: await sha256Files(tokenizer.paths),
    saes: await mapBounded(chosen, hashedAtOnce, async ({ source: { layer, weightsPath }, processing }) => ({
      layer,
      source: basename(resolve(weightsPath, '..')),
      sha256: await sha256File(weightsPath),
      foldedBias: processing.bias,
    })),
  };
  return {
    model,
    modelName: await modelName(config.model),
    saes,
    processings: new Map(chosen.map(({ source, processing }) => [source.layer, processing])),
    notes: processingLines(chosen),
    tokenizer,
    corpus,
    contextLength,
    hashes,
  };
}

/** Context length: as asked for, else 128 or the model's own where that is less. */
export function contextOf(config: Pick<RunConfig, 'context' | 'model'>, model: Model): number {
  const { nContext } = model.config;
  if (config.context !== undefined && config.context > nContext) {
    throw new UserError(
      `invalid context: ${config.context}, expected at most the model's ${nContext} (${config.model})`,
    );
  }
  return config.context ?? Math.min(defaultContext, nContext);
}

function hashed(files: readonly CorpusFile[]): Promise<HashedFile[]> {
  return mapBounded(files, hashedAtOnce, async (file) => ({ ...file, sha256: await sha256File(file.path) }));
}
