import * as tf from '@tensorflow/tfjs-core';
import { type Component, denseComponents } from '../../attribution/recursion/components.ts';
import { denseContributions, featureContributions, throughOutput } from '../../attribution/recursion/contributions.ts';
import { frozenPass } from '../../attribution/recursion/frozen-pass.ts';
import { floatSpec, intSpec, type Program } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { Transformer } from '../../model/transformer.ts';
import { attentionWeights } from '../../model/weights.ts';
import { greatest } from '../../numbers/extremes.ts';
import { weightsWithSaes } from '../../record/programs.ts';
import { inputScale } from '../../sae/input-normalization.ts';
import { type Sae, saeTensors } from '../../sae/sae.ts';

export interface FrozenSizes {
  /** Contexts of one forward pass. */
  readonly batch: number;
  /** Tokens of a context. */
  readonly length: number;
}

/**
 * tokens [batch, length] → components [batch, component, s, dModel] below the last SAE's layer; of each SAE's layer
 * pattern.L [batch, head, t, s], scale.L [batch, s, 1], inputScale.L [batch·s] where it scales z; and of each but the
 * last f.L [batch·length, dSae], in units of wDec.
 */
export function frozenProgram(model: Model, saes: readonly Sae[], { batch, length }: FrozenSizes): Program {
  const last = greatest(saes.map(({ layer }) => layer));
  const lower = saes.filter(({ layer }) => layer < last);
  return {
    name: `frozen pass to layer ${last}`,
    inputs: { tokens: intSpec(batch, length) },
    weights: weightsWithSaes(model, last, lower),
    body({ tokens }, weights) {
      if (!tokens) throw new Error('a frozen pass needs tokens');
      const loaded = new Map(lower.map((sae) => [sae.layer, { sae, tensors: saeTensors(sae, weights) }]));
      const pass = frozenPass(new Transformer(model.config, weights), loaded, tokens, last);
      const outputs: Record<string, tf.Tensor> = { components: tf.transpose(pass.components, [1, 0, 2, 3]) };
      for (const { layer, normalization, dIn } of saes) {
        const [frozen, z] = [pass.layers[layer], pass.z[layer]];
        if (!frozen || !z) throw new Error(`layer ${layer} is past the frozen pass`);
        outputs[`pattern.${layer}`] = frozen.pattern;
        outputs[`scale.${layer}`] = frozen.scale;
        const scaled = inputScale(normalization, tf.reshape(z, [-1, dIn]));
        if (scaled) outputs[`inputScale.${layer}`] = tf.reshape(scaled.into, [-1]);
      }
      for (const [layer, f] of pass.activations) outputs[`f.${layer}`] = f;
      return outputs;
    },
  };
}

/** The components that enter a layer, upstream features aside. */
export function componentsBelow(model: Model, layer: number, hasSae: (layer: number) => boolean): Component[] {
  return denseComponents(model.config, layer, hasSae);
}

export interface ContributionSizes {
  readonly length: number;
  /** Targets explained at once. */
  readonly targets: number;
}

/**
 * One context's contributions to some features of one layer from all but upstream features; the last of the
 * components is the value bias, where there is one. byHead [target, component, head], bySource [target, component, s], and what
 * featureProgram takes: directions [target, head, dModel], attention [s, target, head], the targets' input scales in it.
 */
export function componentProgram(
  model: Model,
  sae: Sae,
  hasSae: (layer: number) => boolean,
  { length, targets }: ContributionSizes,
): Program {
  const { nHeads, dModel } = model.config;
  const count = componentsBelow(model, sae.layer, hasSae).length;
  return {
    name: `component contributions of layer ${sae.layer}`,
    inputs: {
      components: floatSpec(count, length, dModel),
      pattern: floatSpec(nHeads, length, length),
      scale: floatSpec(length, 1),
      features: intSpec(targets),
      positions: intSpec(targets),
      inputScales: floatSpec(targets),
    },
    weights: { ...attentionWeights(model, [sae.layer]), wEnc: sae.wEnc },
    body({ components, pattern, scale, features, positions, inputScales }, weights) {
      const { wEnc } = weights;
      if (!components || !pattern || !scale || !features || !positions || !inputScales || !wEnc) {
        throw new Error('inputs are missing');
      }
      const targets = {
        layer: sae.layer,
        encoderRows: tf.gather(tf.transpose(wEnc), features as tf.Tensor1D),
        positions,
        inputScale: sae.normalization && inputScales,
      };
      const transformer = new Transformer(model.config, weights);
      const frozen = { pattern, scale };
      const { contributions, ...reading } = denseContributions(transformer, components, frozen, targets);
      return {
        byHead: tf.transpose(tf.sum(contributions, 1), [1, 0, 2]),
        bySource: tf.transpose(tf.sum(contributions, 3), [2, 0, 1]),
        ...reading,
      };
    },
  };
}

export interface FeatureSizes extends ContributionSizes {
  /** Active features taken at once. */
  readonly rows: number;
}

/**
 * Contributions [row, target, head] of active features of a lower layer, decoder [row, dIn] holding their wDec rows,
 * and read [target·head, dIn], the targets' directions in that layer's z.
 */
export function featureProgram(model: Model, layer: number, { length, targets, rows }: FeatureSizes): Program {
  const { nHeads, dHead, dModel } = model.config;
  return {
    name: `contributions of layer ${layer}'s features`,
    inputs: {
      decoder: floatSpec(rows, nHeads * dHead),
      sources: intSpec(rows),
      activations: floatSpec(rows),
      directions: floatSpec(targets, nHeads, dModel),
      attention: floatSpec(length, targets, nHeads),
      scale: floatSpec(length, 1),
    },
    weights: attentionWeights(model, [layer]),
    body({ decoder, sources, activations, directions, attention, scale }, weights) {
      if (!decoder || !sources || !activations || !directions || !attention || !scale) {
        throw new Error('inputs are missing');
      }
      const { weight: outputWeight } = new Transformer(model.config, weights).layer(layer).output;
      return {
        contributions: featureContributions(
          { decoder, sources, activations },
          outputWeight,
          { directions },
          attention,
          scale,
        ),
        read: throughOutput(directions, outputWeight),
      };
    },
  };
}
