import { basename, join, resolve } from 'node:path';
import type { CompareConfig } from '../commands/compare.ts';
import type { Effects } from '../effects.ts';
import { createEngine, type Engine } from '../engine/index.ts';
import { UserError } from '../errors/user-error.ts';
import { comparedFeatures, comparedHeads, comparedRun, comparedSaes } from '../measures/comparison/table.ts';
import { finiteEngine } from '../record/finite-engine.ts';
import { ownOut } from '../record/own-out.ts';
import { fillTable } from '../store/fill-table.ts';
import { removeTable } from '../store/table-folder.ts';
import { openRun, type RunReader } from '../tables/reader.ts';
import { differingSettings } from './differing-settings.ts';
import { type ComparedDecoders, matchRows, type Side } from './match-features.ts';
import { openWeights } from './open-weights.ts';
import { pairSaes, type SaePair, saesOf } from './pair-saes.ts';

/**
 * Compares a finished run with another of the same model, and puts what differs beside the first one's tables; an earlier
 * comparison gives way. Throws UserError for bad input, and where another command is at work there.
 */
export async function compareRuns(config: CompareConfig, effects: Effects): Promise<void> {
  if (resolve(config.run) === resolve(config.with))
    throw new UserError(`--with is the run itself, expected another one (${config.with})`);
  const own = await openRun(config.run);
  const other = await openRun(config.with);
  try {
    checkModels(own, other, config);
    const pairs = pairSaes(
      saesOf({ record: own.record, rows: await own.saes() }),
      saesOf({ record: other.record, rows: await other.saes() }),
    );
    if (pairs.length === 0)
      throw new UserError(`no sae of ${config.run} has one of its layer and site in ${config.with}, expected some`);
    await ownOut(config.run, 'compare', () => writeComparison({ config, own, other, pairs, effects }));
  } finally {
    own.close();
    other.close();
  }
}

function checkModels(own: RunReader, other: RunReader, config: CompareConfig): void {
  const [mine, theirs] = [own.record.model, other.record.model];
  if (mine.sha256 === theirs.sha256) return;
  const name = ({ name: known, sha256 }: typeof mine) => `${known} (sha256 ${sha256.slice(0, 12)}…)`;
  throw new UserError(`the runs are of two models: ${name(theirs)}, expected ${name(mine)} (${config.with})`);
}

interface Comparing {
  readonly config: CompareConfig;
  readonly own: RunReader;
  readonly other: RunReader;
  readonly pairs: readonly SaePair[];
  readonly effects: Effects;
}

async function writeComparison(comparing: Comparing): Promise<void> {
  const { config, own, other, pairs, effects } = comparing;
  const name = config.name ?? basename(resolve(config.with));
  const decoders = await openDecoders(config, own, other, pairs);
  // Written last: without it there is no comparison, and none of two other runs' tables is ever seen.
  await removeTable(join(config.run, comparedRun.name));
  await writeFeatures(comparing, decoders);
  await writeSaesAndHeads(comparing);
  const row = {
    ...{ name, site: config.otherSite ?? null },
    ...{ fingerprint: own.record.fingerprint, other_fingerprint: other.record.fingerprint },
    settings: differingSettings(own.record, other.record),
  };
  await fillTable(config.run, comparedRun, (table) => table.append([row]));
  for (const line of summaryLines(pairs, own, other, name)) effects.log(line);
}

async function writeFeatures(
  { config, own, other, pairs, effects }: Comparing,
  decoders: ComparedDecoders | undefined,
): Promise<void> {
  const progress = effects.progress('compare', pairs.length, 'saes');
  try {
    await fillTable(config.run, comparedFeatures, async (table) => {
      for (const [done, pair] of pairs.entries()) {
        const [mine, theirs] = [await sideOf(own, pair.own.row.sae), await sideOf(other, pair.other.row.sae)];
        await table.append(await matchRows(pair, mine, theirs, decoders));
        progress.update(done + 1);
      }
    });
  } finally {
    progress.end();
  }
}

/** The other run's rows of SAEs and heads, each with the SAE of the run that it is paired with. */
async function writeSaesAndHeads({ config, other, pairs }: Comparing): Promise<void> {
  const same = new Set(pairs.filter(({ isSame }) => isSame).map(({ own: { row } }) => row.sae));
  const saes = paired(await other.saes(), pairs).map((row) => ({ ...row, same_weights: same.has(row.own_sae) }));
  const heads = paired(await other.heads(), pairs);
  await fillTable(config.run, comparedSaes, (table) => table.append(saes));
  await fillTable(config.run, comparedHeads, (table) => table.append(heads));
}

/** Rows of paired SAEs, by layer and the run's own SAE. */
function paired<R extends { readonly layer: number; readonly sae: string }>(
  rows: readonly R[],
  pairs: readonly SaePair[],
): (R & { own_sae: string })[] {
  const ownOf = new Map(pairs.map(({ own: { row }, other: { row: theirs } }) => [theirs.sae, row.sae]));
  return rows
    .flatMap((row) => ({ ...row, own_sae: ownOf.get(row.sae) ?? '' }))
    .filter(({ own_sae }) => own_sae !== '')
    .toSorted((a, b) => a.layer - b.layer || (a.own_sae < b.own_sae ? -1 : Number(a.own_sae > b.own_sae)));
}

/** The weights of both runs and an engine, where any pair needs them; SAEs of the same weights do not. */
async function openDecoders(
  config: CompareConfig,
  own: RunReader,
  other: RunReader,
  pairs: readonly SaePair[],
): Promise<ComparedDecoders | undefined> {
  const unlike = pairs.filter(({ isSame }) => !isSame);
  if (unlike.length === 0) return undefined;
  const engine: Engine = finiteEngine(await createEngine(config));
  return {
    engine,
    own: await openWeights(config.run, own.record, config.saes, '--saes'),
    other: await openWeights(config.with, other.record, config.otherSaes, '--other-saes'),
  };
}

async function sideOf(reader: RunReader, sae: string): Promise<Side> {
  const rows = [];
  for await (const part of reader.featuresOf(sae)) {
    for (const { feature, count, family, density, max_activation } of part)
      rows.push({ feature, isAlive: count > 0, family, density, max_activation });
  }
  const names = await reader.featureNames(new Map([[sae, undefined]]));
  return { sae, rows, names: new Map(names.map((name) => [name.feature, name])) };
}

function summaryLines(pairs: readonly SaePair[], own: RunReader, other: RunReader, name: string): string[] {
  const alone = own.saeIds.filter((id) => !pairs.some(({ own: { row } }) => row.sae === id));
  const others = other.saeIds.filter((id) => !pairs.some(({ other: { row } }) => row.sae === id));
  const same = pairs.filter(({ isSame }) => isSame).length;
  return [
    `compare: ${pairs.length} SAEs with those of ${name}, ${same} of them with the same weights`,
    ...(alone.length > 0 ? [`compare: ${name} has none for ${alone.join(', ')}`] : []),
    ...(others.length > 0 ? [`compare: of ${name} alone: ${others.join(', ')}`] : []),
    'compare: build the site of the run again to see it, on runs.html',
  ];
}
