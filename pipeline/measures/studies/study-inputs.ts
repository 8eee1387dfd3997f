import { join } from 'node:path';
import type { StudyConfig } from '../../commands/study.ts';
import { UserError } from '../../errors/user-error.ts';
import { pathKind } from '../../files/files.ts';
import { loadLanguageModel } from '../../files/model/language-model.ts';
import { modelName } from '../../files/model/model-name.ts';
import { corpusFiles } from '../../files/text/corpus-files.ts';
import type { Tokenizer } from '../../files/tokenizer/load-tokenizer.ts';
import type { Model } from '../../model/model.ts';
import { type ChosenSae, chooseSaes, foldsOf, notesOn, processingName } from '../../record/choose-saes.ts';
import { contextOf, type HashedFile, hashed, type InputIdentities, identitiesOf } from '../../record/inputs.ts';
import type { Identity, RunRecord } from '../../record/run-record.ts';
import { foldModel } from '../../sae/folded-bias.ts';
import { loadSae } from '../../sae/formats/sae-dir.ts';
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
  /** Text of the study's own, with its hashes: none where it reads that of a run. */
  readonly corpus: readonly HashedFile[];
  /** The finished run that OUT holds. */
  readonly run: RunRecord | undefined;
}

/** Throws UserError for the first thing that is wrong, a model or SAEs other than those of the run at OUT among them. */
export async function loadStudyInputs(config: StudyConfig): Promise<StudyInputs> {
  const run = await runAt(config.out);
  const { model: loaded, tokenizer } = await loadLanguageModel(config.model);
  const { chosen, identities } = await chosenSaes(config, loaded, run);
  const model = foldModel(loaded, foldsOf(chosen));
  const saes: Sae[] = [];
  for (const { source } of chosen) saes.push(await loadSae(source));
  const contextLength = run ? run.config.context : contextOf(config, model, chosen);
  const notes = [...tokenizer.notes, ...notesOn(chosen, run ? contextLength : config.context, contextLength)];
  const corpus = run || !config.corpus ? [] : await hashed(await corpusFiles(config.corpus, config.out));
  const name = await modelName(config.model);
  return { model, modelName: name, identities, tokenizer, saes, notes, contextLength, corpus, run };
}

interface IdentifiedSaes {
  readonly chosen: readonly ChosenSae[];
  readonly identities: InputIdentities;
}

async function chosenSaes(config: StudyConfig, { config: model }: Model, run?: RunRecord): Promise<IdentifiedSaes> {
  const { saes } = config;
  const asked = saes === undefined ? [] : (await chooseSaes({ ...config, saes }, model)).chosen;
  const chosen = run ? asked.map((own) => asInRun(own, config, run)) : asked;
  const identities = await identitiesOf(config.model, chosen);
  if (run) checkAgainstRun(identities, run, config);
  return { chosen, identities };
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

/** A study is shown with the run whose text it reads, and its features are looked up on the run's pages. */
function checkAgainstRun({ model, tokenizer, saes }: InputIdentities, run: RunRecord, config: StudyConfig): void {
  if (model.sha256 !== run.model.sha256) throw differs('model', model, run.model, config);
  if (tokenizer.sha256 !== run.tokenizer.sha256) throw differs('tokenizer', tokenizer, run.tokenizer, config);
  for (const { layer, source, sha256 } of saes) {
    const known = run.saes.find((sae) => sae.layer === layer);
    if (known?.sha256 === sha256) continue;
    const expected = known ? `the run's own, ${known.source}` : `layers ${run.saes.map((sae) => sae.layer).join(', ')}`;
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
