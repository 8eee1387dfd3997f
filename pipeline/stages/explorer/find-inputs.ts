import { z } from 'zod';
import type { SiteConfig } from '../../config.ts';
import type { Folds } from '../../core/folded-bias.ts';
import { UserError } from '../../core/user-error.ts';
import { sha256File, sha256Files } from '../../io/hash.ts';
import { modelWeightFiles, readModelConfig } from '../../io/model-dir.ts';
import { listSaes, type SaeSource } from '../../io/sae-dir.ts';
import { readTokenizerFiles } from '../../io/tokenizer-files.ts';
import type { RunRecord } from '../../store/run-record.ts';

/** Where the model and the SAEs of a run are, each found to be the very file that the run read. */
export interface ExplorerInputs {
  readonly modelName: string;
  readonly model: string;
  readonly saes: readonly SaeSource[];
  /** What the run folded of the model. */
  readonly folds: Folds;
  /** Tokens of the run's contexts. */
  readonly context: number;
}

type Asked = Pick<SiteConfig, 'explorer' | 'model' | 'saes'>;

const configSchema = z.looseObject({ model: z.string(), saes: z.string(), context: z.int().positive() });
const tokenizerSchema = z.looseObject({ tokenizer: z.looseObject({ sha256: z.string() }) });

/**
 * Finds what a run read, where the run's record says or where `asked` says. Where it is no longer there, the reason.
 * Throws UserError where a folder that was asked for is not the run's.
 */
export async function findExplorerInputs(asked: Asked, record: RunRecord): Promise<ExplorerInputs | string> {
  if (!asked.explorer) return 'not asked for';
  const config = configSchema.safeParse(record.config);
  if (!config.success) return 'run.json does not say where the model and the SAEs are';
  const model = asked.model ?? config.data.model;
  const saes = asked.saes ?? config.data.saes;
  try {
    await checkModel(model, record).catch((error) => onlyIf(asked.model === undefined, error));
    const sources = await findSaes(saes, record).catch((error) => onlyIf(asked.saes === undefined, error));
    const folds = new Map(record.saes.map(({ layer, foldedBias }) => [layer, foldedBias]));
    return { modelName: record.model.name, model, saes: sources, folds, context: config.data.context };
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
  await readModelConfig(dir);
  const hash = await sha256Files(await modelWeightFiles(dir));
  if (hash !== record.model.sha256) throw differs('model', hash, record.model.sha256, dir);
  const tokenizer = tokenizerSchema.safeParse(record);
  const { paths } = await readTokenizerFiles(dir);
  const found = await sha256Files(paths);
  const expected = tokenizer.data?.tokenizer.sha256 ?? found;
  if (found !== expected) throw differs('tokenizer', found, expected, dir);
}

/** The SAEs that the run read, by layer: a folder may hold others besides. */
async function findSaes(dir: string, record: RunRecord): Promise<SaeSource[]> {
  const sources = await listSaes(dir);
  const found: SaeSource[] = [];
  for (const { layer, sha256 } of record.saes) {
    const [source] = sources.filter((candidate) => candidate.layer === layer);
    if (!source) throw new UserError(`no sae of layer ${layer}, which the run has (${dir})`);
    const hash = await sha256File(source.weightsPath);
    if (hash !== sha256) throw differs(`sae of layer ${layer}`, hash, sha256, source.weightsPath);
    found.push(source);
  }
  return found;
}

const differs = (what: string, hash: string, expected: string, path: string) =>
  new UserError(`${what} is not the run's: sha256 ${hash.slice(0, 12)}…, expected ${expected.slice(0, 12)}… (${path})`);
