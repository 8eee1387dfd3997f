import * as tf from '@tensorflow/tfjs-core';
import { type Component, denseComponents, type SiteOf } from '../../attribution/recursion/components.ts';
import { denseContributions, directionsAt, featureContributions } from '../../attribution/recursion/contributions.ts';
import { frozenPass } from '../../attribution/recursion/frozen-pass.ts';
import { floatSpec, intSpec, type Program } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { Transformer } from '../../model/transformer.ts';
import { attentionWeights } from '../../model/weights.ts';
import { greatest } from '../../numbers/extremes.ts';
import { weightsWithSaes } from '../../record/programs.ts';
import { type Sae, saeTensors } from '../../sae/sae.ts';
import { readScale } from '../../sae/site.ts';

export interface FrozenSizes {
  /** Contexts of one forward pass. */
  readonly batch: number;
  /** Tokens of a context. */
  readonly length: number;
}

/** The SAEs whose features are explained, and those that lower layers are taken apart by, one a layer. */
export interface UpstreamSaes {
  readonly readers: readonly Sae[];
  readonly lower: readonly Sae[];
}

/** Where the SAE that a lower layer is taken apart by stands. */
export const lowerSites =
  ({ lower }: Pick<UpstreamSaes, 'lower'>): SiteOf =>
  (layer) =>
    lower.find((sae) => sae.layer === layer)?.site;

/**
 * tokens [batch, length] → components [batch, component, s, dModel] below the last reader's layer; of each reader's layer
 * pattern.L [batch, head, t, s], scale.L [batch, s, 1], and readScale.ID [batch·s] where it has one; and of each lower SAE
 * below the last reader f.L [batch·length, dSae], in units of wDec.
 */
export function frozenProgram(model: Model, saes: UpstreamSaes, { batch, length }: FrozenSizes): Program {
  const last = greatest(saes.readers.map(({ layer }) => layer));
  const lower = saes.lower.filter(({ layer }) => layer < last);
  return {
    name: `frozen pass to layer ${last}`,
    inputs: { tokens: intSpec(batch, length) },
    weights: weightsWithSaes(model, last, lower),
    body({ tokens }, weights) {
      if (!tokens) throw new Error('a frozen pass needs tokens');
      const loaded = new Map(lower.map((sae) => [sae.layer, { sae, tensors: saeTensors(sae, weights) }]));
      const transformer = new Transformer(model.config, weights);
      const pass = frozenPass(transformer, loaded, tokens, last);
      const outputs: Record<string, tf.Tensor> = { components: tf.transpose(pass.components, [1, 0, 2, 3]) };
      for (const reader of saes.readers) {
        const { layer } = reader;
        const [frozen, z] = [pass.layers[layer], pass.z[layer]];
        if (!frozen || !z) throw new Error(`layer ${layer} is past the frozen pass`);
        outputs[`pattern.${layer}`] = frozen.pattern;
        outputs[`scale.${layer}`] = frozen.scale;
        const scale = readScale(transformer.layer(layer), reader, () => tf.reshape(z, [batch * length, -1]));
        if (scale) outputs[`readScale.${reader.id}`] = tf.reshape(scale, [-1]);
      }
      for (const [layer, f] of pass.activations) outputs[`f.${layer}`] = f;
      return outputs;
    },
  };
}

/** The components that enter a layer, upstream features aside. */
export function componentsBelow(model: Model, layer: number, siteOf: SiteOf): Component[] {
  return denseComponents(model.config, layer, siteOf);
}

export interface ContributionSizes {
  readonly length: number;
  /** Targets explained at once. */
  readonly targets: number;
}

/**
 * One context's contributions to some features of one layer from all but upstream features; the last of the
 * components is the value bias, where there is one. byHead [target, component, head], bySource [target, component, s], and what
 * featureProgram takes: directions [target, head, dModel], attention [s, target, head], the targets' readScales in it; outputBias [target], what no head wrote of what they read.
 */
export function componentProgram(
  model: Model,
  sae: Sae,
  siteOf: SiteOf,
  { length, targets }: ContributionSizes,
): Program {
  const { nHeads, dModel } = model.config;
  const count = componentsBelow(model, sae.layer, siteOf).length;
  return {
    name: `component contributions of ${sae.id}`,
    inputs: {
      components: floatSpec(count, length, dModel),
      pattern: floatSpec(nHeads, length, length),
      scale: floatSpec(length, 1),
      features: intSpec(targets),
      positions: intSpec(targets),
      scales: floatSpec(targets),
    },
    weights: { ...attentionWeights(model, [sae.layer]), wEnc: sae.wEnc },
    body({ components, pattern, scale, features, positions, scales }, weights) {
      const { wEnc } = weights;
      if (!components || !pattern || !scale || !features || !positions || !scales || !wEnc) {
        throw new Error('inputs are missing');
      }
      const targets = {
        layer: sae.layer,
        site: sae.site,
        encoderRows: tf.gather(tf.transpose(wEnc), features as tf.Tensor1D),
        positions,
        scaleAt: isScaled(model, sae) ? scales : undefined,
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

/** Whether what an SAE reads is scaled by position, so that readScale gives something. */
export const isScaled = ({ config }: Model, { site, normalization }: Sae): boolean =>
  normalization !== undefined || (site === 'attn_out' && config.postNorms);

/**
 * Contributions [row, target, head] of active features of a lower SAE, decoder [row, dIn] holding their wDec rows,
 * and read [target·head, dIn], the targets' directions at its site.
 */
export function featureProgram(model: Model, sae: Sae, { length, targets, rows }: FeatureSizes): Program {
  const { nHeads, dModel } = model.config;
  return {
    name: `contributions of ${sae.id}'s features`,
    inputs: {
      decoder: floatSpec(rows, sae.dIn),
      sources: intSpec(rows),
      activations: floatSpec(rows),
      directions: floatSpec(targets, nHeads, dModel),
      attention: floatSpec(length, targets, nHeads),
      scale: floatSpec(length, 1),
    },
    weights: attentionWeights(model, [sae.layer]),
    body({ decoder, sources, activations, directions, attention, scale }, weights) {
      if (!decoder || !sources || !activations || !directions || !attention || !scale) {
        throw new Error('inputs are missing');
      }
      const read = directionsAt(new Transformer(model.config, weights), sae, directions);
      return { contributions: featureContributions({ decoder, sources, activations }, read, attention, scale), read };
    },
  };
}
