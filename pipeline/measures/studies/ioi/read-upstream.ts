import * as tf from '@tensorflow/tfjs-core';
import { type Component, denseComponents, readBias } from '../../../attribution/recursion/components.ts';
import { floatSpec, type HostTensors, intSpec, type Program } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { Transformer } from '../../../model/transformer.ts';
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
 * encoderRows are their columns of wEnc. Costs a forward pass a prompt.
 */
export async function readUpstream(
  { engine, model, saes, snapshots, length }: Scene,
  sae: Sae,
  encoderRows: readonly Float32Array[],
): Promise<ComponentShare[][]> {
  const { layer, dIn } = sae;
  const below = saes.filter((lower) => lower.layer < layer);
  const executable = await engine.compile(upstreamProgram(model, below, sae, { targets: encoderRows.length, length }));
  const rows = float32([encoderRows.length, dIn]);
  encoderRows.forEach((row, i) => rows.data.set(row, i * dIn));
  const sums = encoderRows.map(() => new Shares());
  for (const { prompt } of snapshots) {
    const tokens = int32([1, length]);
    tokens.data.set(prompt.tokens);
    const position = int32([1], Int32Array.of(prompt.places.s2));
    const outputs = await executable.run({ tokens, encoderRows: rows, position });
    sums.forEach((own, target) =>
      addPrompt(own, outputs, { model, below, layer, target, targets: rows.shape[0] ?? 1 }),
    );
  }
  await executable.dispose();
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

function addPrompt(shares: Shares, outputs: HostTensors, { model, below, layer, target, targets }: Row): void {
  const at = (name: string, i: number) => outputs[name]?.data[i] ?? 0;
  const siteOf = (lower: number) => below.find((sae) => sae.layer === lower)?.site;
  const dense = [...denseComponents(model.config, layer, siteOf), ...readBias(model.config, layer)];
  dense.forEach((component, i) => shares.add(component, at('components', i * targets + target)));
  for (const sae of below) {
    const count = notedOf(sae);
    for (let k = 0; k < count; k++) {
      const feature = at(`ids.${sae.layer}`, target * count + k);
      shares.add({ kind: 'feature', layer: sae.layer, feature }, at(`values.${sae.layer}`, target * count + k));
    }
  }
  shares.total += at('total', target);
}

const notedOf = ({ dSae }: Sae) => Math.min(noted, dSae);

interface UpstreamShape {
  readonly targets: number;
  readonly length: number;
}

/**
 * tokens [1, length], encoderRows [target, dIn], position [1] → components [component, target], total [target], and of
 * each lower layer with an SAE its largest parts values.L and ids.L [target, noted].
 */
function upstreamProgram(
  model: Model,
  below: readonly Sae[],
  { id, layer, site, dIn, normalization }: Sae,
  { targets, length }: UpstreamShape,
): Program {
  return {
    name: `what features of ${id} read`,
    inputs: { tokens: intSpec(1, length), encoderRows: floatSpec(targets, dIn), position: intSpec(1) },
    weights: weightsWithSaes(model, layer, below),
    body({ tokens, encoderRows, position }, weights) {
      if (!tokens || !encoderRows || !position) throw new Error('reading upstream needs all its inputs');
      const saes = new Map(below.map((sae) => [sae.layer, { sae, tensors: saeTensors(sae, weights) }]));
      const reading = { layer, site, normalization, encoderRows, position };
      const read = upstreamOf(new Transformer(model.config, weights), saes, tokens, reading);
      const outputs: Record<string, tf.Tensor> = { components: read.components };
      let total = tf.sum(read.components, 0);
      for (const sae of below) {
        const parts = read.features.get(sae.layer);
        if (!parts) throw new Error(`layer ${sae.layer} was not read`);
        const { values, indices } = tf.topk(tf.transpose(parts), notedOf(sae));
        outputs[`values.${sae.layer}`] = tf.relu(values);
        outputs[`ids.${sae.layer}`] = indices;
        total = tf.add(total, tf.sum(parts, 0));
      }
      return { ...outputs, total };
    },
  };
}
