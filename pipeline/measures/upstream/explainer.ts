import type { AttributionTarget } from '../../attribution/recursion/explain-targets.ts';
import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { greatest } from '../../numbers/extremes.ts';
import { encoderConstant, type Sae } from '../../sae/sae.ts';
import {
  ContextContributions,
  type DenseParts,
  lastOf,
  type ReaderContributions,
  type Reading,
  sizeFor,
} from './context-contributions.ts';
import { StrongestFeatures, strongestHead } from './feature-parts.ts';
import type { TargetOf } from './feature-sums.ts';
import type { FrozenContext } from './frozen-contexts.ts';
import { type ExplainedExample, featuresPerExample, type Part } from './layer-sums.ts';
import type { UpstreamSaes } from './programs.ts';

/** An SAE whose features are explained. */
interface Reader {
  readonly sae: Sae;
  readonly constants: Float32Array;
}

/** Takes examples apart, a context at a time, with programs of fixed sizes, so that grouping changes no number. */
export class Explainer {
  readonly #readers: ReadonlyMap<string, Reader>;
  readonly #contributions: ContextContributions;

  constructor(engine: Engine, model: Model, saes: UpstreamSaes, length: number) {
    this.#readers = new Map(saes.readers.map((sae) => [sae.id, { sae, constants: encoderConstant(sae).data }]));
    this.#contributions = new ContextContributions(engine, model, saes, length);
  }

  /** Takes one context's targets apart, each SAE's, by its id. */
  async explain(
    context: FrozenContext,
    targets: ReadonlyMap<string, readonly AttributionTarget[]>,
    take: (sae: string, feature: number, example: ExplainedExample) => void,
  ): Promise<void> {
    const highest = greatest(Array.from(targets.keys(), (id) => this.#reader(id).sae.layer));
    this.#contributions.enter(context, lastOf([...targets.values()].flat()), highest);
    for (const [id, own] of targets) {
      const { sae, constants } = this.#reader(id);
      const source = await this.#contributions.of(context, sae, own);
      const blocks: StartedBlock[] = [];
      for (const block of source.blocks) blocks.push(await start(source, block));
      for (const lower of source.lower) {
        const contributionsTo = await source.features(lower);
        for (const { reading, examples } of blocks) {
          const contributions = await contributionsTo(reading);
          for (const { target, strongest } of examples) strongest.take(contributions, target);
        }
      }
      for (const { feature, parts, outputBias, strongest } of blocks.flatMap(({ examples }) => examples)) {
        const { features, allFeatures } = strongest;
        take(id, feature, { parts, constant: constants[feature], outputBias, features, allFeatures });
      }
    }
  }

  dispose(): Promise<void> {
    return this.#contributions.dispose();
  }

  #reader(id: string): Reader {
    const reader = this.#readers.get(id);
    if (!reader) throw new Error(`no sae ${id} is explained`);
    return reader;
  }
}

/** A block of targets of which all but the upstream features is known. */
interface StartedBlock {
  readonly reading: Reading;
  readonly examples: readonly StartedExample[];
}

interface StartedExample extends Pick<ExplainedExample, 'parts' | 'outputBias'> {
  readonly feature: number;
  readonly target: TargetOf;
  readonly strongest: StrongestFeatures;
}

async function start(source: ReaderContributions, block: readonly AttributionTarget[]): Promise<StartedBlock> {
  const { dense, reading } = await source.dense(block);
  const examples = block.map(({ feature, position }, i) => {
    const target = { target: i, targets: sizeFor(block), position };
    const strongest = new StrongestFeatures(featuresPerExample);
    return { feature, target, parts: partsOf(dense, target), outputBias: dense.outputBias.data[i], strongest };
  });
  return { reading, examples };
}

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
