import type { Engine, Executable, HostTensors, Program } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { greatest, least } from '../../numbers/extremes.ts';
import { type FloatTensor, float32, int32, sizeOf } from '../../numbers/tensor.ts';
import { encoderConstant, type Sae } from '../../sae/sae.ts';
import { type FeatureContributions, strongestFeatures, strongestHead, type TargetOf } from './feature-parts.ts';
import { type ExplainedExample, featuresPerExample, type Part } from './layer-sums.ts';
import {
  contributionRoom,
  type LowerLayer,
  type LowerRoom,
  lowerLayer,
  openLowerRoom,
  rowBlock,
} from './lower-layer.ts';
import { componentProgram, componentsBelow, featureProgram } from './programs.ts';

export interface ExplainedTarget {
  readonly feature: number;
  readonly position: number;
}

/** One context of a frozen pass. */
export interface FrozenContext {
  /** [component, s, dModel], those of lower layers first */
  readonly components: FloatTensor;
  pattern(layer: number): FloatTensor;
  scale(layer: number): FloatTensor;
  /** Of an SAE that scales z: [s]. */
  inputScale(layer: number): FloatTensor;
  /** f [s, dSae] */
  f(layer: number): FloatTensor;
}

/** Targets of one run of a program; the largest that fits is taken, and the last is filled up. */
const targetBlocks = [32, 8] as const;

/** Takes examples apart, a context at a time, with programs of fixed sizes, so that grouping changes no number. */
export class Explainer {
  readonly #engine: Engine;
  readonly #model: Model;
  readonly #saes: ReadonlyMap<number, Sae>;
  readonly #length: number;
  readonly #compiled = new Map<string, Executable>();
  readonly #constants: ReadonlyMap<number, Float32Array>;
  readonly #rooms: readonly LowerRoom[];

  constructor(engine: Engine, model: Model, saes: readonly Sae[], length: number) {
    this.#engine = engine;
    this.#model = model;
    this.#saes = new Map(saes.map((sae) => [sae.layer, sae]));
    this.#length = length;
    this.#constants = new Map(saes.map((sae) => [sae.layer, encoderConstant(sae).data]));
    this.#rooms = saes.map((sae) => openLowerRoom(sae, model.config.nHeads));
  }

  /** Takes one context's targets apart, each layer's in their order. */
  async explain(
    context: FrozenContext,
    targets: ReadonlyMap<number, readonly ExplainedTarget[]>,
    take: (layer: number, feature: number, example: ExplainedExample) => void,
  ): Promise<void> {
    const last = greatest([...targets.values()].flat().map(({ position }) => position));
    const highest = greatest(targets.keys());
    const lower = this.#rooms
      .filter(({ sae }) => sae.layer < highest)
      .map((room) => lowerLayer(room, context.f(room.sae.layer), last));
    for (const [layer, own] of targets) {
      const below = lower.filter(({ room }) => room.sae.layer < layer);
      for (const block of blocksOf(own)) {
        const examples = await this.#explainBlock(context, layer, block, below);
        examples.forEach((example, i) => take(layer, block.targets[i]?.feature ?? 0, example));
      }
    }
  }

  async dispose(): Promise<void> {
    for (const executable of this.#compiled.values()) await executable.dispose();
  }

  async #explainBlock(context: FrozenContext, layer: number, { targets, size }: Block, below: readonly LowerLayer[]) {
    const scale = context.scale(layer);
    const outputs = await this.#runComponents(context, layer, { targets, size });
    const { directions, attention } = outputs;
    const lower: FeatureContributions[] = [];
    for (const from of below) lower.push(await this.#runFeatures(from, { directions, attention, scale }, size));
    return targets.map(
      ({ feature, position }, target): ExplainedExample => ({
        parts: partsOf(outputs, { target, targets: size, position }),
        constant: this.#constants.get(layer)?.[feature] ?? 0,
        ...strongestFeatures(lower, { target, targets: size, position }, featuresPerExample),
      }),
    );
  }

  async #runComponents(context: FrozenContext, layer: number, { targets, size }: Block) {
    const sae = this.#saes.get(layer);
    if (!sae) throw new Error(`layer ${layer} has no SAE`);
    const hasSae = (lower: number) => this.#saes.has(lower);
    const sizes = { length: this.#length, targets: size };
    const program = await this.#program(`components ${layer} ${size}`, () =>
      componentProgram(this.#model, sae, hasSae, sizes),
    );
    const count = componentsBelow(this.#model, layer, hasSae).length;
    const column = (pick: (target: ExplainedTarget) => number) => {
      const data = new Int32Array(size);
      data.set(targets.map(pick));
      return int32([size], data);
    };
    const scales = float32([size]);
    if (sae.normalization) {
      const own = context.inputScale(layer).data;
      targets.forEach(({ position }, i) => {
        scales.data[i] = own[position] ?? 1;
      });
    }
    return named(
      await program.run({
        components: firstOf(context.components, count),
        pattern: context.pattern(layer),
        scale: context.scale(layer),
        features: column(({ feature }) => feature),
        positions: column(({ position }) => position),
        inputScales: scales,
      }),
      ['byHead', 'bySource', 'directions', 'attention'],
    );
  }

  async #runFeatures(
    { room, active, blocks }: LowerLayer,
    inputs: Reading,
    size: number,
  ): Promise<FeatureContributions> {
    const { sae, sums } = room;
    const sizes = { length: this.#length, targets: size, rows: rowBlock };
    const program = await this.#program(`features ${sae.layer} ${size}`, () =>
      featureProgram(this.#model, sae.layer, sizes),
    );
    const shape = [rowBlock, size, this.#model.config.nHeads];
    const contributions = contributionRoom(room, blocks.length * sizeOf(shape));
    let read: Float32Array = new Float32Array();
    for (const [i, block] of blocks.entries()) {
      const own = contributions.subarray(i * sizeOf(shape), (i + 1) * sizeOf(shape));
      const outputs = await program.run({ ...block, ...inputs }, { contributions: float32(shape, own) });
      read = named(outputs, ['read']).read.data;
    }
    return { layer: sae.layer, active, contributions, read, wDec: sae.wDec.data, sums };
  }

  async #program(key: string, make: () => Program): Promise<Executable> {
    const compiled = this.#compiled.get(key) ?? (await this.#engine.compile(make()));
    this.#compiled.set(key, compiled);
    return compiled;
  }
}

/** What featureProgram needs to know of the targets. */
interface Reading extends HostTensors {
  readonly directions: FloatTensor;
  readonly attention: FloatTensor;
  readonly scale: FloatTensor;
}

interface Block {
  readonly targets: readonly ExplainedTarget[];
  /** Targets of the program, which is filled up. */
  readonly size: number;
}

function blocksOf(targets: readonly ExplainedTarget[]): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < targets.length; ) {
    const size = targetBlocks.find((block) => block <= targets.length - at) ?? least(targetBlocks);
    blocks.push({ targets: targets.slice(at, at + size), size });
    at += size;
  }
  return blocks;
}

/** All but the upstream features of one target: byHead [target, component, head], bySource [target, component, s]. */
function partsOf(
  { byHead, bySource }: { readonly byHead: FloatTensor; readonly bySource: FloatTensor },
  { target, position }: TargetOf,
): Part[] {
  const [, components = 0, length = 0] = bySource.shape;
  const [, , heads = 1] = byHead.shape;
  return Array.from({ length: components }, (_, i) => {
    const row = target * components + i;
    let [attribution, size, sizeTimesDistance] = [0, 0, 0];
    for (let source = 0; source <= position; source++) {
      const value = bySource.data[row * length + source] ?? 0;
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

/** Outputs of a program that must be there, as float32. */
function named<K extends string>(outputs: HostTensors, names: readonly K[]): Record<K, FloatTensor> {
  const entries = names.map((name): [K, FloatTensor] => {
    const tensor = outputs[name];
    if (!(tensor?.data instanceof Float32Array)) throw new Error(`the program gave no float32 ${name}`);
    return [name, float32(tensor.shape, tensor.data)];
  });
  return Object.fromEntries(entries) as Record<K, FloatTensor>;
}
