import { join } from 'node:path';
import type { StudyConfig } from '../../config.ts';
import { architectureOf } from '../../core/architectures/index.ts';
import { foldModel } from '../../core/folded-bias.ts';
import type { Model } from '../../core/model.ts';
import type { Sae } from '../../core/sae.ts';
import { UserError } from '../../core/user-error.ts';
import { pathKind } from '../../io/files.ts';
import { sha256File, sha256Files } from '../../io/hash.ts';
import { loadModel, modelWeightFiles } from '../../io/model-dir.ts';
import { loadSae, type SaeSource } from '../../io/sae-dir.ts';
import { loadTokenizer, type Tokenizer } from '../../io/tokenizer.ts';
import { openRun } from '../../store/reader.ts';
import type { RunRecord } from '../../store/run-record.ts';
import { type ChosenSae, chooseSaes, foldsOf, processingLines, processingName } from '../choose-saes.ts';
import { contextOf } from '../inputs.ts';

/** What a study reads, loaded and checked. */
export interface StudyInputs {
  /** Folded where the SAEs' processing asks for it. */
  readonly model: Model;
  readonly modelSha256: string;
  readonly tokenizer: Tokenizer;
  readonly saes: readonly Sae[];
  /** What was decided of the inputs, to be printed. */
  readonly notes: readonly string[];
  readonly contextLength: number;
  /** The finished run that OUT holds. */
  readonly run: RunRecord | undefined;
}

/** Throws UserError for the first thing that is wrong, a model or SAEs other than those of the run at OUT among them. */
export async function loadStudyInputs(config: StudyConfig): Promise<StudyInputs> {
  const run = await runAt(config.out);
  const loaded = await loadModel(config.model);
  const modelSha256 = await sha256Files(await modelWeightFiles(config.model));
  if (run && run.model.sha256 !== modelSha256) {
    throw new UserError(
      `model is not that of the run at out: sha256 ${modelSha256.slice(0, 12)}, expected ${run.model.sha256.slice(0, 12)} (${config.model}, ${join(config.out, 'run.json')})`,
    );
  }
  const tokenizer = await loadTokenizer(config.model);
  const chosen = await chosenSaes(config, loaded, run);
  const model = foldModel(architectureOf(loaded.config.modelType), loaded, foldsOf(chosen));
  const saes: Sae[] = [];
  for (const { source } of chosen) saes.push(await loadSae(source));
  const contextLength = run ? Number(run.config.context) : contextOf(config, model);
  return { model, modelSha256, tokenizer, saes, notes: processingLines(chosen), contextLength, run };
}

async function chosenSaes(config: StudyConfig, { config: model }: Model, run?: RunRecord): Promise<ChosenSae[]> {
  const { saes, layers, processing } = config;
  if (saes === undefined) return [];
  const chosen = await chooseSaes({ saes, layers, processing }, model);
  if (!run) return chosen;
  for (const { source } of chosen) await checkSae(source, run, config.out);
  return chosen.map((own) => asInRun(own, config, run));
}

/** A run's features are of the z that the run gave its SAEs, so a study of them gives them the same. */
function asInRun(
  { source, processing }: ChosenSae,
  { processing: asked, out }: StudyConfig,
  run: RunRecord,
): ChosenSae {
  const bias = run.saes.find(({ layer }) => layer === source.layer)?.foldedBias ?? 'none';
  if (asked === 'auto') return { source, processing: { bias, reason: 'as in the run at out' } };
  if (processing.bias === bias) return { source, processing };
  throw new UserError(
    `processing of layer ${source.layer} is ${asked}, expected the run's own, ${processingName(bias)} (${join(out, 'run.json')})`,
  );
}

async function runAt(out: string): Promise<RunRecord | undefined> {
  if ((await pathKind(join(out, 'run.json'))) !== 'file') return undefined;
  const reader = await openRun(out);
  reader.close();
  return reader.record;
}

/** A study's features are looked up on the run's pages, so they have to be the same. */
async function checkSae({ layer, weightsPath }: SaeSource, run: RunRecord, out: string): Promise<void> {
  const known = run.saes.find((sae) => sae.layer === layer);
  if (known?.sha256 === (await sha256File(weightsPath))) return;
  const expected = known ? `the run's own, ${known.source}` : `layers ${run.saes.map((sae) => sae.layer).join(', ')}`;
  throw new UserError(`sae of layer ${layer} is not in the run at out: ${weightsPath}, expected ${expected} (${out})`);
}
