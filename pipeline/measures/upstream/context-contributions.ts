import type { SiteOf } from '../../attribution/recursion/components.ts';
import { type AttributionTarget, blocksOf } from '../../attribution/recursion/explain-targets.ts';
import type { Engine, OutputsOf } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { greatest } from '../../numbers/extremes.ts';
import { type FloatTensor, float32, int32, sizeOf } from '../../numbers/tensor.ts';
import { copyRow } from '../../numbers/tensor-rows.ts';
import { encoderRowsOf } from '../../sae/encoder-rows.ts';
import type { Sae } from '../../sae/sae.ts';
import { UpstreamPrograms } from './compiled-programs.ts';
import type { FeatureContributions } from './feature-parts.ts';
import { FeatureRows } from './feature-rows.ts';
import type { FrozenContext } from './frozen-contexts.ts';
import { LowerLayer, rowBlock } from './lower-layer.ts';
import {
  type Association,
  type componentProgram,
  componentsBelow,
  isScaled,
  lowerSites,
  type UpstreamSaes,
} from './programs.ts';

/** Targets of one run of a program; the last block is filled up. */
const targetBlocks = [32, 8] as const;
/** Targets of a context, by dHead, from which on the product that gives the heads' values costs less than it saves. */
const targetsPerWidth = 2;

/** All but upstream features. */
export type DenseParts = Pick<OutputsOf<typeof componentProgram>, 'byHead' | 'bySource' | 'outputBias'>;

/** Contributions to some targets of a reader in the context that was entered last, computed by programs. */
export interface ReaderContributions {
  /** The targets, as many as a program takes at once. */
  readonly blocks: readonly (readonly AttributionTarget[])[];
  /** Lower layers whose active features are known, ascending. */
  readonly lower: readonly LowerLayer[];
  dense(block: readonly AttributionTarget[]): Promise<{ readonly dense: DenseParts; readonly reading: Reading }>;
  /**
   * A lower layer's contributions to whatever a block reads. Its rows, and the contributions, are in memory that those of the
   * next take the place of: all of a context's layers would be gigabytes where hundreds of features of a token are active.
   */
  features(lower: LowerLayer): Promise<(reading: Reading) => Promise<FeatureContributions>>;
}

/** Computes contributions to the features of a run's SAEs, a context at a time. */
export class ContextContributions {
  readonly #model: Model;
  readonly #siteOf: SiteOf;
  readonly #programs: UpstreamPrograms;
  readonly #lower: readonly LowerLayer[];
  readonly #rows: FeatureRows;
  #contributions = new Float32Array();
  /** Columns of wEnc as rows [feature, dIn], by the SAE's id. */
  readonly #encoders: ReadonlyMap<string, FloatTensor>;

  constructor(engine: Engine, model: Model, { readers, lower }: UpstreamSaes, length: number) {
    this.#model = model;
    this.#siteOf = lowerSites({ lower });
    this.#programs = new UpstreamPrograms(engine, model, this.#siteOf, length);
    this.#lower = lower.map((sae) => new LowerLayer(sae));
    this.#rows = new FeatureRows(this.#programs);
    this.#encoders = new Map(readers.map((sae) => [sae.id, encoderRowsOf(sae)]));
  }

  /** Takes what is active in a context up to a position, below a layer. */
  enter(context: FrozenContext, last: number, layer: number): void {
    const below = this.#lower.filter((lower) => lower.sae.layer < layer);
    for (const lower of below) lower.enter(context.f(lower.sae.layer), last);
    this.#rows.enter(below);
  }

  /** To some targets of a reader in the context that was entered; their number says how the products are associated. */
  async of(context: FrozenContext, sae: Sae, targets: readonly AttributionTarget[]): Promise<ReaderContributions> {
    const { layer } = sae;
    const association: Association =
      targets.length < targetsPerWidth * this.#model.config.dHead ? 'directions' : 'values';
    const components = await this.#componentRows(context, layer, association);
    const reader = { layer, association, last: lastOf(targets) };
    // No row behind a block's last position is taken.
    const inTurn = targets.toSorted((a, b) => a.position - b.position);
    return {
      blocks: [...blocksOf(inTurn, targetBlocks)],
      lower: this.#lower.filter((lower) => lower.sae.layer < layer),
      dense: async (block) => {
        const of = { context, sae, association };
        const { reads, weights, ...dense } = await this.#runComponents(of, components, block);
        return { dense, reading: { association, reads, weights, last: lastOf(block) } };
      },
      features: async (lower) => {
        const rows = await this.#rows.of(lower, reader);
        return (reading) => this.#runFeatures(lower, rows, reading);
      },
    };
  }

  /** The components that a layer reads, as rows of its association. */
  async #componentRows(context: FrozenContext, layer: number, association: Association): Promise<FloatTensor> {
    const count = componentsBelow(this.#model, layer, this.#siteOf).length;
    const { shape, data } = firstOf(context.components, count);
    const x = float32([shape[0] * shape[1], shape[2]], data);
    if (association === 'directions') return x;
    const ofComponents = await this.#programs.values(layer, x.shape[0]);
    return (await ofComponents({ x })).values;
  }

  async #runComponents(
    { context, sae, association }: { context: FrozenContext; sae: Sae; association: Association },
    components: FloatTensor,
    targets: readonly AttributionTarget[],
  ) {
    const { layer } = sae;
    const size = sizeFor(targets);
    const run = await this.#programs.components(sae, size, association);
    const encoder = float32([size, sae.dIn]);
    const positions = int32([size]);
    const rows = this.#encoderOf(sae);
    for (const [i, { feature, position }] of targets.entries()) {
      copyRow(rows, feature, encoder, i);
      positions.data[i] = position;
    }
    // What fills up the block is feature 0 at position 0, of which nothing is read.
    for (let i = targets.length; i < size; i++) copyRow(rows, 0, encoder, i);
    const scales = float32([size]);
    if (isScaled(this.#model, sae)) {
      const own = context.readScale(sae.id).data;
      targets.forEach(({ position }, i) => {
        scales.data[i] = own[position];
      });
    }
    const frozen = { pattern: context.pattern(layer), scale: context.scale(layer) };
    return run({ x: components, ...frozen, encoder, positions, scales });
  }

  async #runFeatures(
    lower: LowerLayer,
    rows: readonly FloatTensor[],
    { association, reads: read, weights, last }: Reading,
  ): Promise<FeatureContributions> {
    const [, targets] = read.shape;
    const reads =
      association === 'values'
        ? read
        : (await (await this.#programs.siteReads(lower.sae, targets))({ directions: read })).reads;
    const width = reads.shape[2];
    const run = await this.#programs.features(width, targets, association);
    const blocks = lower.blocksUpTo(last);
    const contributions = this.#roomFor(blocks.length * targets * rowBlock);
    for (const [i, block] of blocks.entries()) {
      const into = contributions.subarray(i * targets * rowBlock, (i + 1) * targets * rowBlock);
      await run({ x: rows[i], ...block, reads, weights }, { contributions: float32([targets, rowBlock], into) });
    }
    return { lower, rows, reads, weights, contributions, rowsPerBlock: rowBlock };
  }

  dispose(): Promise<void> {
    return this.#programs.dispose();
  }

  #roomFor(contributions: number): Float32Array {
    if (this.#contributions.length < contributions) this.#contributions = new Float32Array(contributions);
    return this.#contributions;
  }

  #encoderOf({ id }: Sae): FloatTensor {
    const rows = this.#encoders.get(id);
    if (!rows) throw new Error(`no sae ${id} is explained`);
    return rows;
  }
}

/** What featureProgram needs to know of the targets. */
export interface Reading {
  readonly association: Association;
  /** Of the heads' values, or of the residual stream. */
  readonly reads: FloatTensor;
  readonly weights: FloatTensor;
  /** The last of their positions: no feature behind it is read. */
  readonly last: number;
}

export const lastOf = (targets: readonly AttributionTarget[]): number =>
  greatest(targets.map(({ position }) => position));

/** Targets of the program that a block of them is run by, which is filled up. */
export const sizeFor = (targets: readonly unknown[]): number =>
  targetBlocks.findLast((size) => size >= targets.length) ?? targetBlocks[0];

/** The first items of a tensor's first axis, without a copy. */
function firstOf({ shape: [, ...rest], data }: FloatTensor, count: number): FloatTensor {
  const shape = [count, ...rest];
  return float32(shape, data.subarray(0, sizeOf(shape)));
}
