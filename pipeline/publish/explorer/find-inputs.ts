import type { SiteConfig } from '../../commands/site.ts';
import { UserError } from '../../errors/user-error.ts';
import { modelIdentity, saeIdentity, tokenizerIdentity } from '../../record/identity.ts';
import { readLocalInputs } from '../../record/local-inputs.ts';
import { type Identity, type RunRecord, upstreamSaesOf } from '../../record/run-record.ts';
import type { Folds } from '../../sae/folded-bias.ts';
import { listSaes, type SaeSource } from '../../sae/formats/sae-dir.ts';
import { saeName } from '../../sae/formats/sae-name.ts';

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
    const sources = await findSaes(saes, record).catch((error) => onlyIf(asked.saes === undefined, error));
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
  if (model.sha256 !== record.model.sha256) throw differs('model', model, record.model, dir);
  const tokenizer = await tokenizerIdentity(dir);
  if (tokenizer.sha256 !== record.tokenizer.sha256) throw differs('tokenizer', tokenizer, record.tokenizer, dir);
}

/**
 * The run's SAEs under its ids and at its sites, by layer; of each, the one that the run took lower layers apart by comes
 * first. A folder may hold others besides.
 */
async function findSaes(dir: string, record: RunRecord): Promise<SaeSource[]> {
  const sources = await listSaes(dir);
  const found: SaeSource[] = [];
  const isFirst = new Set(upstreamSaesOf(record).map(({ id }) => id));
  const order = (sae: { readonly id: string }) => Number(!isFirst.has(sae.id));
  for (const expected of record.saes.toSorted((a, b) => a.layer - b.layer || order(a) - order(b))) {
    const { id, layer } = expected;
    const ofLayer = sources.filter((candidate) => candidate.layer === layer);
    const source = ofLayer.find((candidate) => saeName(candidate) === expected.source) ?? ofLayer[0];
    if (!source) throw new UserError(`no sae of layer ${layer}, which the run has (${dir})`);
    const identity = await saeIdentity(source);
    if (identity.sha256 !== expected.sha256) throw differs(`sae ${id}`, identity, expected, source.weightsPath);
    found.push({ ...source, id, config: { ...source.config, site: expected.site } });
  }
  return found;
}

/** Names the first file that is not the run's. */
function differs(what: string, found: Identity, expected: Identity, path: string): UserError {
  const known = new Map(expected.files.map(({ file, sha256 }) => [file, sha256]));
  const other = found.files.find(({ file, sha256 }) => known.get(file) !== sha256);
  const wanted = (other && known.get(other.file)) ?? expected.sha256;
  const there = other ? `sha256 of ${other.file} ${short(other.sha256)}` : `sha256 ${short(found.sha256)}`;
  return new UserError(`${what} is not the run's: ${there}, expected ${short(wanted)} (${path})`);
}

const short = (sha256: string): string => `${sha256.slice(0, 12)}…`;
