import * as tf from '@tensorflow/tfjs-core';
import { type Component, denseComponents, readBias, type SiteOf } from '../../../attribution/recursion/components.ts';
import { floatSpec, intSpec, type OutputsOf, program } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { Transformer } from '../../../model/transformer.ts';
import { greatest } from '../../../numbers/extremes.ts';
import { float32, int32 } from '../../../numbers/tensor.ts';
import { weightsWithSaes } from '../../../record/programs.ts';
import { type Sae, saeTensors } from '../../../sae/sae.ts';
import { upstreamOf } from './maths/upstream-of.ts';
import type { Scene } from './scene.ts';

export interface ComponentShare {
  readonly component: Component;
  /** Of the DFA of the feature that reads it, over all prompts. */
  readonly share: number;
}

/** Features of a lower layer that are noted of each prompt, of those that add to the target. */
const noted = 16;

/**
 * What features of one layer read at S2, by component, the largest share first: one step of recursive attribution.
 * encoderRows are their columns of wEnc. Costs a forward pass to that layer of each prompt up to its S2.
 */
export async function readUpstream(
  { engine, model, saes, snapshots }: Scene,
  sae: Sae,
  encoderRows: readonly Float32Array[],
): Promise<ComponentShare[][]> {
  const { layer, dIn } = sae;
  const below = saes.filter((lower) => lower.layer < layer);
  // What comes after S2 is not read there.
  const length = greatest(snapshots.map(({ prompt }) => prompt.places.s2)) + 1;
  const run = await engine.compile(upstreamProgram(model, below, sae, { targets: encoderRows.length, length }));
  const rows = float32([encoderRows.length, dIn]);
  encoderRows.forEach((row, i) => rows.data.set(row, i * dIn));
  const sums = encoderRows.map(() => new Shares());
  for (const { prompt } of snapshots) {
    const tokens = int32([1, length]);
    tokens.data.set(prompt.tokens.subarray(0, length));
    const position = int32([1], Int32Array.of(prompt.places.s2));
    const outputs = await run({ tokens, encoderRows: rows, position });
    sums.forEach((own, target) => addPrompt(own, outputs, { model, below, layer, target, targets: rows.shape[0] }));
  }
  await run.dispose();
  return sums.map((own) => own.shares());
}

class Shares {
  readonly #sums = new Map<string, { component: Component; sum: number }>();
  total = 0;

  add(component: Component, value: number): void {
    const key = `${component.kind} ${component.layer} ${component.feature}`;
    this.#sums.set(key, { component, sum: (this.#sums.get(key)?.sum ?? 0) + value });
  }

  shares(): ComponentShare[] {
    return [...this.#sums.values()]
      .map(({ component, sum }) => ({ component, share: sum / this.total }))
      .filter(({ share }) => share !== 0)
      .toSorted((a, b) => Math.abs(b.share) - Math.abs(a.share));
  }
}

interface Row {
  readonly model: Model;
  readonly below: readonly Sae[];
  readonly layer: number;
  readonly target: number;
  readonly targets: number;
}

function addPrompt(
  shares: Shares,
  { components, features, total }: OutputsOf<typeof upstreamProgram>,
  { model, below, layer, target, targets }: Row,
): void {
  const dense = [...denseComponents(model.config, layer, siteIn(below)), ...readBias(model.config, layer)];
  dense.forEach((component, i) => shares.add(component, components.data[i * targets + target]));
  for (const sae of below) {
    const { ids, values } = features[sae.layer];
    const count = notedOf(sae);
    for (let i = target * count; i < (target + 1) * count; i++) {
      shares.add({ kind: 'feature', layer: sae.layer, feature: ids.data[i] }, values.data[i]);
    }
  }
  shares.total += total.data[target];
}

const notedOf = ({ dSae }: Sae) => Math.min(noted, dSae);

const siteIn =
  (below: readonly Sae[]): SiteOf =>
  (layer) =>
    below.find((sae) => sae.layer === layer)?.site;

interface UpstreamShape {
  readonly targets: number;
  readonly length: number;
}

/** → what the targets read of components and in all, [target] last, and each lower layer's features they read most. */
function upstreamProgram(
  model: Model,
  below: readonly Sae[],
  { id, layer, site, dIn, normalization }: Sae,
  { targets, length }: UpstreamShape,
) {
  const components = [...denseComponents(model.config, layer, siteIn(below)), ...readBias(model.config, layer)].length;
  const largest = (sae: Sae) => ({ ids: intSpec(targets, notedOf(sae)), values: floatSpec(targets, notedOf(sae)) });
  return program({
    name: `what features of ${id} read`,
    inputs: { tokens: intSpec(1, length), encoderRows: floatSpec(targets, dIn), position: intSpec(1) },
    outputs: {
      components: floatSpec(components, targets),
      features: Object.fromEntries(below.map((sae) => [sae.layer, largest(sae)])),
      total: floatSpec(targets),
    },
    weights: weightsWithSaes(model, layer, below),
    body({ tokens, encoderRows, position }, weights) {
      const saes = new Map(below.map((sae) => [sae.layer, { sae, tensors: saeTensors(sae, weights) }]));
      const reading = { layer, site, normalization, encoderRows, position };
      const read = upstreamOf(new Transformer(model.config, weights), saes, tokens, reading);
      const features = below.map((sae) => {
        const parts = read.features.get(sae.layer);
        if (!parts) throw new Error(`layer ${sae.layer} was not read`);
        const { values, indices } = tf.topk(tf.transpose(parts), notedOf(sae));
        return { sae, sum: tf.sum(parts, 0), ids: indices, values: tf.relu(values) };
      });
      return {
        components: read.components,
        features: Object.fromEntries(features.map(({ sae, ids, values }) => [sae.layer, { ids, values }])),
        total: features.reduce((total, { sum }) => tf.add(total, sum), tf.sum(read.components, 0)),
      };
    },
  });
}
