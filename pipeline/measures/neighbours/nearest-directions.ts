import type { CompiledBy, Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { greatest } from '../../numbers/extremes.ts';
import type { FloatTensor } from '../../numbers/tensor.ts';
import type { AliveFeatures } from '../../record/alive-features.ts';
import { computeGram, Directions } from './directions.ts';
import { KeptNearest } from './maths/kept-nearest.ts';
import { nearestProgram } from './programs.ts';

/** The nearest of each alive feature, by its place among its SAE's; the others are numbered through all SAEs in turn. */
export interface NearestDirections {
  /** By what they write to the residual stream, in the other SAEs. */
  readonly others: KeptNearest;
  /** By logit effect, in all SAEs. */
  readonly logits: KeptNearest;
}

export interface NearestJob {
  readonly engine: Engine;
  readonly model: Model;
  readonly saes: readonly AliveFeatures[];
  /** Neighbours wanted of each feature. */
  readonly wanted: number;
  /** Numbers of a block's directions, about. */
  readonly blockNumbers?: number;
  /** Pairs of features that may be compared before SAEs far apart are not. */
  readonly mostPairs?: number;
}

type BlocksJob = Pick<NearestJob, 'saes' | 'model' | 'blockNumbers' | 'mostPairs'>;

/** Features of one SAE that others are compared with at once. */
interface Block {
  /** Which SAE. */
  readonly at: number;
  readonly first: number;
  readonly count: number;
  /** Number of its first feature through all SAEs. */
  readonly number: number;
}

/** Features whose neighbours are looked for in one product. */
const rowsPerRun = 256;
/** 64 MiB of each kind of directions. */
const defaultBlock = 1 << 24;
/** Those of 65,536 features: at a d_model of 768 some 13 TFLOP. */
const defaultPairs = 2 ** 32;

/**
 * How far apart, in the order of the SAEs, two may be whose features are compared, by how many each has: any two while the pairs
 * of features are few enough, else the most that leaves them so, and each SAE with itself in any case.
 */
export function reachOf(sizes: readonly number[], mostPairs = defaultPairs): number {
  let reach = 0;
  while (reach < sizes.length - 1 && pairsWithin(sizes, reach + 1) <= mostPairs) reach++;
  return reach;
}

/** Pairs of features, in either order, of SAEs at most so far apart. */
export function pairsWithin(sizes: readonly number[], reach: number): number {
  const within = (at: number) => sizes.slice(Math.max(0, at - reach), at + reach + 1);
  return sizes.reduce((sum, size, at) => sum + size * within(at).reduce((total, other) => total + other, 0), 0);
}

const sizesOf = (saes: readonly AliveFeatures[]): number[] => saes.map(({ alive }) => alive.length);

/**
 * Nearest features by what they write and by logit effect; those by decoder row come with an SAE's quality. Every SAE's blocks of features are taken in turn, so that no more than a block's products
 * are in memory: 4·n²·dModel floating-point operations for n alive features in all, of SAEs within reach. `progress` hears
 * of features compared with a block.
 */
export async function nearestDirections(
  job: NearestJob,
  progress: (done: number) => void,
): Promise<NearestDirections[]> {
  const { engine, model, saes, wanted } = job;
  const rows = Math.max(1, Math.min(rowsPerRun, greatest(saes.map(({ alive }) => alive.length))));
  const gram = await computeGram(engine, model, saes[0].sae.layer);
  const directions: Directions[] = [];
  for (const own of saes) directions.push(await Directions.open({ engine, model, gram }, own, rows));
  const kept = (features: number) => new KeptNearest(features, wanted);
  const found = saes.map(({ alive: { length } }) => ({
    others: kept(length),
    logits: kept(length),
  }));
  const reach = reachOf(sizesOf(job.saes), job.mostPairs);
  let done = 0;
  for (const block of blocksOf(job)) {
    const comparison = await Comparison.open(job, block, directions[block.at], rows);
    for (const [reader, { alive }] of saes.entries()) {
      if (Math.abs(reader - block.at) > reach) continue;
      for (let first = 0; first < alive.length; first += rows) {
        const count = Math.min(rows, alive.length - first);
        await comparison.compare(directions[reader], { reader, first, count }, found[reader]);
        done += count;
        progress(done);
      }
    }
    await comparison.dispose();
  }
  for (const own of directions) await own.dispose();
  return found;
}

/** How many features nearestDirections compares with a block, over all blocks. */
export function comparisonsOf(job: BlocksJob): number {
  const reach = reachOf(sizesOf(job.saes), job.mostPairs);
  const within = (at: number) => job.saes.slice(Math.max(0, at - reach), at + reach + 1);
  const readers = blocksOf(job).flatMap(({ at }) => within(at));
  return readers.reduce((sum, { alive }) => sum + alive.length, 0);
}

function blocksOf({ saes, model, blockNumbers = defaultBlock }: BlocksJob): Block[] {
  const blocks: Block[] = [];
  let before = 0;
  for (const [at, { sae, alive }] of saes.entries()) {
    const most = Math.max(1, Math.floor(blockNumbers / Math.max(sae.dIn, model.config.dModel)));
    for (let first = 0; first < alive.length; first += most) {
      blocks.push({ at, first, count: Math.min(most, alive.length - first), number: before + first });
    }
    before += alive.length;
  }
  return blocks;
}

interface Readers {
  /** Which SAE they are of. */
  readonly reader: number;
  readonly first: number;
  readonly count: number;
}

type Programs = Readonly<Record<'write' | 'logits', CompiledBy<typeof nearestProgram>>>;

/** A block's features, ready to be compared with those of any SAE. */
class Comparison {
  readonly #block: Block;
  readonly #programs: Programs;

  private constructor(block: Block, programs: Programs) {
    this.#block = block;
    this.#programs = programs;
  }

  static async open({ engine, wanted }: NearestJob, block: Block, directions: Directions, rows: number) {
    const held = await directions.through(block.first, block.count);
    const compiled = (candidates: FloatTensor, k: number) =>
      engine.compile(nearestProgram(candidates, rows, Math.min(k, block.count)));
    return new Comparison(block, {
      write: await compiled(held.write, wanted),
      // One more where a feature is among the candidates itself.
      logits: await compiled(held.logits, wanted + 1),
    });
  }

  async compare(directions: Directions, readers: Readers, found: NearestDirections): Promise<void> {
    const { write, logitsGram } = await directions.at(readers.first);
    if (readers.reader !== this.#block.at) await this.#keep('write', write, readers, found.others);
    await this.#keep('logits', logitsGram, readers, found.logits);
  }

  async dispose(): Promise<void> {
    for (const compiled of Object.values(this.#programs)) await compiled.dispose();
  }

  async #keep(name: keyof Programs, rows: FloatTensor, readers: Readers, kept: KeptNearest) {
    const { at, number, first } = this.#block;
    const { values, ids } = await this.#programs[name]({ rows });
    const k = values.shape[1];
    for (let row = 0; row < readers.count; row++) {
      for (let i = row * k; i < (row + 1) * k; i++) {
        const isItself = readers.reader === at && first + ids.data[i] === readers.first + row;
        if (!isItself) kept.add(readers.first + row, number + ids.data[i], Math.min(1, values.data[i]));
      }
    }
  }
}
