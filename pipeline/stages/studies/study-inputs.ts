import { join } from 'node:path';
import type { StudyConfig } from '../../config.ts';
import type { Model } from '../../core/model.ts';
import type { Sae } from '../../core/sae.ts';
import { UserError } from '../../core/user-error.ts';
import { pathKind } from '../../io/files.ts';
import { sha256File, sha256Files } from '../../io/hash.ts';
import { loadModel, modelWeightFiles } from '../../io/model-dir.ts';
import { listSaes, loadSae, type SaeSource, selectSaes } from '../../io/sae-dir.ts';
import { loadTokenizer, type Tokenizer } from '../../io/tokenizer.ts';
import { openRun } from '../../store/reader.ts';
import type { RunRecord } from '../../store/run-record.ts';
import { contextOf } from '../inputs.ts';

/** What a study reads, loaded and checked. */
export interface StudyInputs {
  readonly model: Model;
  readonly modelSha256: string;
  readonly tokenizer: Tokenizer;
  readonly saes: readonly Sae[];
  readonly contextLength: number;
  /** The finished run that OUT holds. */
  readonly run: RunRecord | undefined;
}

/** Throws UserError for the first thing that is wrong, a model or SAEs other than those of the run at OUT among them. */
export async function loadStudyInputs(config: StudyConfig): Promise<StudyInputs> {
  const run = await runAt(config.out);
  const model = await loadModel(config.model);
  const modelSha256 = await sha256Files(await modelWeightFiles(config.model));
  if (run && run.model.sha256 !== modelSha256) {
    throw new UserError(
      `model is not that of the run at out: sha256 ${modelSha256.slice(0, 12)}, expected ${run.model.sha256.slice(0, 12)} (${config.model}, ${join(config.out, 'run.json')})`,
    );
  }
  const tokenizer = await loadTokenizer(config.model);
  const saes: Sae[] = [];
  for (const source of await saeSources(config, model)) {
    if (run) await checkSae(source, run, config.out);
    saes.push(await loadSae(source));
  }
  const contextLength = run ? Number(run.config.context) : contextOf(config, model);
  return { model, modelSha256, tokenizer, saes, contextLength, run };
}

async function runAt(out: string): Promise<RunRecord | undefined> {
  if ((await pathKind(join(out, 'run.json'))) !== 'file') return undefined;
  const reader = await openRun(out);
  reader.close();
  return reader.record;
}

async function saeSources({ saes, layers }: StudyConfig, model: Model): Promise<readonly SaeSource[]> {
  return saes === undefined ? [] : selectSaes(await listSaes(saes), model.config, layers);
}

/** A study's features are looked up on the run's pages, so they have to be the same. */
async function checkSae({ layer, weightsPath }: SaeSource, run: RunRecord, out: string): Promise<void> {
  const known = run.saes.find((sae) => sae.layer === layer);
  if (known?.sha256 === (await sha256File(weightsPath))) return;
  const expected = known ? `the run's own, ${known.source}` : `layers ${run.saes.map((sae) => sae.layer).join(', ')}`;
  throw new UserError(`sae of layer ${layer} is not in the run at out: ${weightsPath}, expected ${expected} (${out})`);
}
