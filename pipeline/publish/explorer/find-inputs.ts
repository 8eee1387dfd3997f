import type { SiteConfig } from '../../commands/site.ts';
import { UserError } from '../../errors/user-error.ts';
import { findRunSaes } from '../../record/find-run-saes.ts';
import { modelIdentity, tokenizerIdentity } from '../../record/identity.ts';
import { readLocalInputs } from '../../record/local-inputs.ts';
import { notTheRuns } from '../../record/not-the-runs.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { Folds } from '../../sae/folded-bias.ts';
import type { SaeSource } from '../../sae/formats/sae-dir.ts';

/** Where the model and the SAEs of a run are, each found to be the very file that the run read. */
export interface ExplorerInputs {
  readonly modelName: string;
  readonly model: string;
  readonly saes: readonly SaeSource[];
  /** What the run folded of the model. */
  readonly folds: Folds;
  /** Tokens of the run's contexts. */
  readonly context: number;
  /** Whether they begin with BOS: they do unless said. */
  readonly hasBos?: boolean;
}

type Asked = Pick<SiteConfig, 'run' | 'explorer' | 'model' | 'saes'>;

/**
 * Finds what a run read, where the run's record says or where `asked` says. Where it is no longer there, the reason.
 * Throws UserError where a folder that was asked for is not the run's.
 */
export async function findExplorerInputs(asked: Asked, record: RunRecord): Promise<ExplorerInputs | string> {
  if (!asked.explorer) return 'not asked for';
  const local = await readLocalInputs(asked.run);
  const model = asked.model ?? local?.model;
  const saes = asked.saes ?? local?.saes;
  if (model === undefined || saes === undefined) {
    return 'the run does not say where its model and SAEs are, expected --model DIR and --saes DIR';
  }
  try {
    await checkModel(model, record).catch((error) => onlyIf(asked.model === undefined, error));
    const sources = await findRunSaes(saes, record).catch((error) => onlyIf(asked.saes === undefined, error));
    const folds = new Map(
      record.saes.filter(({ site }) => site === 'z').map(({ layer, foldedBias }) => [layer, foldedBias]),
    );
    const { context, bos } = record.config;
    return { modelName: record.model.name, model, saes: sources, folds, context, hasBos: bos !== 'no' };
  } catch (error) {
    if (error instanceof Missing) return error.message;
    throw error;
  }
}

/** What is not where the run found it: no fault of anyone's. */
class Missing extends Error {}

function onlyIf(implicit: boolean, error: unknown): never {
  throw implicit && error instanceof UserError ? new Missing(error.message) : error;
}

async function checkModel(dir: string, record: RunRecord): Promise<void> {
  const model = await modelIdentity(dir);
  if (model.sha256 !== record.model.sha256) throw notTheRuns('model', model, record.model, dir);
  const tokenizer = await tokenizerIdentity(dir);
  if (tokenizer.sha256 !== record.tokenizer.sha256) throw notTheRuns('tokenizer', tokenizer, record.tokenizer, dir);
}
