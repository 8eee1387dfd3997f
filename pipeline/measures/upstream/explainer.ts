import type { SiteOf } from '../../attribution/recursion/components.ts';
import {
  type AttributionTarget,
  type ContributionSource,
  explainTargets,
} from '../../attribution/recursion/explain-targets.ts';
import type { CompiledBy, Engine, OutputsOf } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { greatest } from '../../numbers/extremes.ts';
import { type FloatTensor, float32, int32, sizeOf } from '../../numbers/tensor.ts';
import { copyRow } from '../../numbers/tensor-rows.ts';
import { encoderRowsOf } from '../../sae/encoder-rows.ts';
import { encoderConstant, type Sae } from '../../sae/sae.ts';
import { type FeatureContributions, strongestFeatures, strongestHead, type TargetOf } from './feature-parts.ts';
import { type ExplainedExample, featuresPerExample, type Part } from './layer-sums.ts';
import {
  blocksUpTo,
  contributionRoom,
  type LowerLayer,
  type LowerRoom,
  lowerLayer,
  openLowerRoom,
  rowBlock,
} from './lower-layer.ts';
import {
  componentProgram,
  componentsBelow,
  featureProgram,
  isScaled,
  lowerSites,
  type UpstreamSaes,
} from './programs.ts';

/** One context of a frozen pass. */
export interface FrozenContext {
  /** [component, s, dModel], those of lower layers first */
  readonly components: FloatTensor;
  pattern(layer: number): FloatTensor;
  scale(layer: number): FloatTensor;
  /** Of an SAE whose reads are scaled, by its id: [s]. */
  readScale(sae: string): FloatTensor;
  /** f [s, dSae] of a lower layer */
  f(layer: number): FloatTensor;
}

/** An SAE whose features are explained. */
interface Reader {
  readonly sae: Sae;
  readonly constants: Float32Array;
  /** Columns of wEnc as rows [feature, dIn]. */
  readonly encoder: FloatTensor;
}

const readerOf = (sae: Sae): Reader => ({
  sae,
  constants: encoderConstant(sae).data,
  encoder: encoderRowsOf(sae),
});

/** Targets of one run of a program; the last block is filled up. */
const targetBlocks = [32, 8] as const;

/** Takes examples apart, a context at a time, with programs of fixed sizes, so that grouping changes no number. */
export class Explainer {
  readonly #engine: Engine;
  readonly #model: Model;
  readonly #readers: ReadonlyMap<string, Reader>;
  readonly #siteOf: SiteOf;
  readonly #length: number;
  readonly #components = new Map<string, CompiledBy<typeof componentProgram>>();
  readonly #features = new Map<string, CompiledBy<typeof featureProgram>>();
  readonly #rooms: readonly LowerRoom[];

  constructor(engine: Engine, model: Model, saes: UpstreamSaes, length: number) {
    this.#engine = engine;
    this.#model = model;
    this.#readers = new Map(saes.readers.map((sae) => [sae.id, readerOf(sae)]));
    this.#siteOf = lowerSites(saes);
    this.#length = length;
    this.#rooms = saes.lower.map((sae) => openLowerRoom(sae, model.config.nHeads));
  }

  /** Takes one context's targets apart, each SAE's, by its id, in their order. */
  async explain(
    context: FrozenContext,
    targets: ReadonlyMap<string, readonly AttributionTarget[]>,
    take: (sae: string, feature: number, example: ExplainedExample) => void,
  ): Promise<void> {
    const last = greatest([...targets.values()].flat().map(({ position }) => position));
    const highest = greatest(Array.from(targets.keys(), (id) => this.#reader(id).sae.layer));
    const lower = this.#rooms
      .filter(({ sae }) => sae.layer < highest)
      .map((room) => lowerLayer(room, context.f(room.sae.layer), last));
    for (const [id, own] of targets) {
      const { sae, constants } = this.#reader(id);
      const source = this.#source(context, sae, lower);
      for await (const { targets: block, dense, features } of explainTargets(source, sae.layer, own)) {
        for (const [i, { feature, position }] of block.entries()) {
          const target = { target: i, targets: sizeFor(block), position };
          const kept = strongestFeatures(features, target, featuresPerExample);
          const rest = { constant: constants[feature], outputBias: dense.outputBias.data[i] };
          take(id, feature, { parts: partsOf(dense, target), ...rest, ...kept });
        }
      }
    }
  }

  async dispose(): Promise<void> {
    for (const run of [...this.#components.values(), ...this.#features.values()]) await run.dispose();
  }

  #reader(id: string): Reader {
    const reader = this.#readers.get(id);
    if (!reader) throw new Error(`no sae ${id} is explained`);
    return reader;
  }

  /** A context's contributions to an SAE's features, computed by programs. */
  #source(
    context: FrozenContext,
    sae: Sae,
    lower: readonly LowerLayer[],
  ): ContributionSource<Reading, DenseParts, FeatureContributions> {
    const layers = new Map(lower.map((own) => [own.room.sae.layer, own]));
    return {
      blockSizes: targetBlocks,
      featureLayers: [...layers.keys()],
      dense: async (layer, targets) => {
        const { directions, attention, ...dense } = await this.#runComponents(context, sae, targets);
        const last = greatest(targets.map(({ position }) => position));
        return { dense, reading: { directions, attention, scale: context.scale(layer), last } };
      },
      features: async (from, reading) => {
        const own = layers.get(from);
        if (!own) throw new Error(`layer ${from} has no active features`);
        return this.#runFeatures(own, reading);
      },
    };
  }

  async #runComponents(context: FrozenContext, sae: Sae, targets: readonly AttributionTarget[]) {
    const { layer } = sae;
    const size = sizeFor(targets);
    const sizes = { length: this.#length, targets: size };
    const run = await compiledOnce(this.#components, `${sae.id} ${size}`, () =>
      this.#engine.compile(componentProgram(this.#model, sae, this.#siteOf, sizes)),
    );
    const count = componentsBelow(this.#model, layer, this.#siteOf).length;
    const encoder = float32([size, sae.dIn]);
    const positions = int32([size]);
    const rows = this.#reader(sae.id).encoder;
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
    return run({
      components: firstOf(context.components, count),
      pattern: context.pattern(layer),
      scale: context.scale(layer),
      encoder,
      positions,
      scales,
    });
  }

  async #runFeatures(lower: LowerLayer, { last, ...inputs }: Reading): Promise<FeatureContributions> {
    const { room, active } = lower;
    const { sae, sums } = room;
    const blocks = blocksUpTo(lower, last);
    const [size = 1] = inputs.directions.shape;
    const sizes = { length: this.#length, targets: size, rows: rowBlock };
    const run = await compiledOnce(this.#features, `${sae.id} ${size}`, () =>
      this.#engine.compile(featureProgram(this.#model, sae, sizes)),
    );
    const shape = [rowBlock, size, this.#model.config.nHeads];
    const contributions = contributionRoom(room, blocks.length * sizeOf(shape));
    let read: Float32Array = new Float32Array();
    for (const [i, block] of blocks.entries()) {
      const own = contributions.subarray(i * sizeOf(shape), (i + 1) * sizeOf(shape));
      const outputs = await run({ ...block, ...inputs }, { contributions: float32(shape, own) });
      read = outputs.read.data;
    }
    return { layer: sae.layer, active, contributions, read, wDec: sae.wDec, sums };
  }
}

/** What featureProgram needs to know of the targets. */
interface Reading {
  readonly directions: FloatTensor;
  readonly attention: FloatTensor;
  readonly scale: FloatTensor;
  /** The last of their positions: no feature behind it is read. */
  readonly last: number;
}

/** All but upstream features. */
type DenseParts = Pick<OutputsOf<typeof componentProgram>, 'byHead' | 'bySource' | 'outputBias'>;

/** Targets of the program that a block of them is run by, which is filled up. */
const sizeFor = (targets: readonly unknown[]): number =>
  targetBlocks.findLast((size) => size >= targets.length) ?? targetBlocks[0];

/** All but the upstream features of one target. */
function partsOf({ byHead, bySource }: DenseParts, { target, position }: TargetOf): Part[] {
  const [, components = 0, length = 0] = bySource.shape;
  const [, , heads = 1] = byHead.shape;
  return Array.from({ length: components }, (_, i) => {
    const row = target * components + i;
    let [attribution, size, sizeTimesDistance] = [0, 0, 0];
    for (let source = 0; source <= position; source++) {
      const value = bySource.data[row * length + source];
      attribution += value;
      size += Math.abs(value);
      sizeTimesDistance += Math.abs(value) * (position - source);
    }
    const head = strongestHead(byHead.data.subarray(row * heads, (row + 1) * heads));
    return { attribution, size, sizeTimesDistance, head };
  });
}

/** The first items of a tensor's first axis, without a copy. */
function firstOf({ shape: [, ...rest], data }: FloatTensor, count: number): FloatTensor {
  const shape = [count, ...rest];
  return float32(shape, data.subarray(0, sizeOf(shape)));
}

async function compiledOnce<T>(compiled: Map<string, T>, key: string, compile: () => Promise<T>): Promise<T> {
  const run = compiled.get(key) ?? (await compile());
  compiled.set(key, run);
  return run;
}
