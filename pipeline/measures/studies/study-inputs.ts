import { join } from 'node:path';
import type { StudyConfig } from '../../commands/study.ts';
import { UserError } from '../../errors/user-error.ts';
import { pathKind } from '../../files/files.ts';
import { loadLanguageModel } from '../../files/model/language-model.ts';
import { readModelConfig } from '../../files/model/model-dir.ts';
import { modelName } from '../../files/model/model-name.ts';
import { corpusFiles } from '../../files/text/corpus-files.ts';
import type { Tokenizer } from '../../files/tokenizer/load-tokenizer.ts';
import { removeAbandonedWeights } from '../../files/weight-files.ts';
import type { Model } from '../../model/model.ts';
import { type ChosenSae, chooseSaes, foldsOf, hasBosFor, notesOn, processingName } from '../../record/choose-saes.ts';
import { HeldWeights } from '../../record/held-weights.ts';
import { contextOf, type HashedFile, hashed, type InputIdentities, identitiesOf } from '../../record/inputs.ts';
import { loadSaes } from '../../record/load-saes.ts';
import type { Identity, RunRecord } from '../../record/run-record.ts';
import { foldModel } from '../../sae/folded-bias.ts';
import { lowerSaes } from '../../sae/lower-saes.ts';
import type { Sae } from '../../sae/sae.ts';
import { openRun } from '../../tables/reader.ts';

/** What a study reads, loaded and checked. */
export interface StudyInputs {
  /** Folded where the SAEs' processing asks for it. */
  readonly model: Model;
  readonly modelName: string;
  readonly identities: InputIdentities;
  readonly tokenizer: Tokenizer;
  readonly saes: readonly Sae[];
  /** What was decided of the inputs, to be printed. */
  readonly notes: readonly string[];
  readonly contextLength: number;
  /** Whether contexts begin with BOS; prompts of a study's own do in any case. */
  readonly hasBos: boolean;
  /** Text of the study's own, with its hashes: none where it reads that of a run. */
  readonly corpus: readonly HashedFile[];
  /** The finished run that OUT holds. */
  readonly run: RunRecord | undefined;
  /** Removes the files of weights that are too large for memory beside the programs: nothing reads them any more. */
  release(): Promise<void>;
}

/** Throws UserError for the first thing that is wrong, a model or SAEs other than those of the run at OUT among them. */
export async function loadStudyInputs(config: StudyConfig): Promise<StudyInputs> {
  await removeAbandonedWeights(config.out);
  const held = new HeldWeights(config.out);
  try {
    return await loadedInputs(config, held);
  } catch (error) {
    await held.release();
    throw error;
  }
}

async function loadedInputs(config: StudyConfig, held: HeldWeights): Promise<StudyInputs> {
  const run = await runAt(config.out);
  const { config: sizes } = await readModelConfig(config.model);
  const { model: loaded, tokenizer } = await loadLanguageModel(config.model, await held.ofModel(sizes));
  const { chosen, identities, leftOut } = await chosenSaes(config, loaded, run);
  const saeSizes = chosen.map(({ source }) => source.config);
  const { model: kept, keep } = await held.ofSaes(saeSizes, loaded);
  const model = foldModel(kept, foldsOf(chosen));
  const saes = await loadSaes(chosen, tokenizer, keep);
  const contextLength = run ? run.config.context : contextOf(config, model, chosen);
  const hasBos = run ? run.config.bos !== 'no' : hasBosFor('auto', chosen);
  const notes = [
    ...tokenizer.notes,
    ...leftOut,
    ...notesOn(chosen, run ? contextLength : config.context, { context: contextLength, hasBos }),
  ];
  const corpus = run || !config.corpus ? [] : await hashed(await corpusFiles(config.corpus, config.out));
  const name = await modelName(config.model);
  const release = () => held.release();
  return { model, modelName: name, identities, tokenizer, saes, notes, contextLength, hasBos, corpus, run, release };
}

interface IdentifiedSaes {
  readonly chosen: readonly ChosenSae[];
  readonly identities: InputIdentities;
  /** A line about each kind of SAE that is not read. */
  readonly leftOut: readonly string[];
}

async function chosenSaes(config: StudyConfig, { config: model }: Model, run?: RunRecord): Promise<IdentifiedSaes> {
  const { saes } = config;
  const nothing = { chosen: [], leftOut: [] };
  const { chosen: asked, leftOut } = saes === undefined ? nothing : await chooseSaes({ ...config, saes }, model);
  const named = run ? await namedAsInRun(asked, config, run) : asked;
  const chosen = onePerLayer(run ? named.map((own) => asInRun(own, config, run)) : named, config);
  return { chosen, identities: await identitiesOf(config.model, chosen), leftOut };
}

/** A study has one SAE of each layer: what several write would be counted more than once. */
function onePerLayer(chosen: readonly ChosenSae[], { upstreamSaes }: StudyConfig): ChosenSae[] {
  const ids = chosen.map(({ source: { id, layer } }) => ({ id, layer }));
  const kept = new Set(lowerSaes(ids, upstreamSaes).map(({ id }) => id));
  return chosen.filter(({ source }) => kept.has(source.id));
}

/** SAEs under the ids that the run at OUT gave them. Throws UserError for one that it has not. */
async function namedAsInRun(asked: readonly ChosenSae[], config: StudyConfig, run: RunRecord): Promise<ChosenSae[]> {
  const identities = await identitiesOf(config.model, asked);
  checkAgainstRun(identities, run, config);
  return asked.map(({ source, processing }, i) => {
    const known = run.saes.find(({ sha256 }) => sha256 === identities.saes[i]?.sha256);
    return { source: { ...source, id: known?.id ?? source.id }, processing };
  });
}

/** A run's features are of the z that the run gave its SAEs, so a study of them gives them the same. */
function asInRun(
  { source, processing }: ChosenSae,
  { processing: asked, out }: StudyConfig,
  run: RunRecord,
): ChosenSae {
  const bias = run.saes.find(({ id }) => id === source.id)?.foldedBias ?? 'none';
  if (asked === 'auto') return { source, processing: { bias, reason: 'as in the run at out' } };
  if (processing.bias === bias) return { source, processing };
  throw new UserError(
    `processing of sae ${source.id} is ${asked}, expected the run's own, ${processingName(bias)} (${join(out, 'run.json')})`,
  );
}

async function runAt(out: string): Promise<RunRecord | undefined> {
  if ((await pathKind(join(out, 'run.json'))) !== 'file') return undefined;
  const reader = await openRun(out);
  reader.close();
  return reader.record;
}

/** A study is shown with the run whose text it reads, and its features are looked up on the run's pages. */
function checkAgainstRun({ model, tokenizer, saes }: InputIdentities, run: RunRecord, config: StudyConfig): void {
  if (model.sha256 !== run.model.sha256) throw differs('model', model, run.model, config);
  if (tokenizer.sha256 !== run.tokenizer.sha256) throw differs('tokenizer', tokenizer, run.tokenizer, config);
  for (const { layer, source, sha256 } of saes) {
    if (run.saes.some((sae) => sae.sha256 === sha256)) continue;
    const known = run.saes.filter((sae) => sae.layer === layer).map((sae) => sae.source);
    const layers = [...new Set(run.saes.map((sae) => sae.layer))];
    const expected = known.length > 0 ? `the run's own, ${known.join(' or ')}` : `layers ${layers.join(', ')}`;
    throw new UserError(
      `sae of layer ${layer} is not in the run at out: ${source}, expected ${expected} (${config.out})`,
    );
  }
}

function differs(what: string, found: Identity, expected: Identity, { model, out }: StudyConfig): UserError {
  const [is, was] = [found, expected].map(({ sha256 }) => sha256.slice(0, 12));
  return new UserError(
    `${what} is not that of the run at out: sha256 ${is}, expected ${was} (${model}, ${join(out, 'run.json')})`,
  );
}
