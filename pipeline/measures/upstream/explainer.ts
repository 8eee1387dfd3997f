import { type AttributionTarget, explainTargets } from '../../attribution/recursion/explain-targets.ts';
import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { greatest } from '../../numbers/extremes.ts';
import { encoderConstant, type Sae } from '../../sae/sae.ts';
import { ContextContributions, type DenseParts, lastOf, sizeFor } from './context-contributions.ts';
import { strongestFeatures, strongestHead } from './feature-parts.ts';
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
      // No row behind a block's last position is taken.
      const inTurn = own.toSorted((a, b) => a.position - b.position);
      for await (const { targets: block, dense, features } of explainTargets(source, sae.layer, inTurn)) {
        for (const [i, { feature, position }] of block.entries()) {
          const target = { target: i, targets: sizeFor(block), position };
          const kept = strongestFeatures(features, target, featuresPerExample);
          const rest = { constant: constants[feature], outputBias: dense.outputBias.data[i] };
          take(id, feature, { parts: partsOf(dense, target), ...rest, ...kept });
        }
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
