import * as tf from '@tensorflow/tfjs-core';
import { type Component, denseComponents, readBias, type SiteOf } from '../../attribution/recursion/components.ts';
import { denseContributions, directionsAt, featureContributions } from '../../attribution/recursion/contributions.ts';
import { frozenPass } from '../../attribution/recursion/frozen-pass.ts';
import { floatSpec, intSpec, program } from '../../engine/program.ts';
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
 * tokens → the components below the last reader's layer; of each reader's layer pattern and scale, and the reader's
 * readScale where it has one; and f of each lower SAE below the last reader, in units of wDec.
 */
export function frozenProgram(model: Model, saes: UpstreamSaes, { batch, length }: FrozenSizes) {
  const { nHeads, dModel } = model.config;
  const { readers } = saes;
  const last = greatest(readers.map(({ layer }) => layer));
  const lower = saes.lower.filter(({ layer }) => layer < last);
  const scaled = readers.filter((reader) => isScaled(model, reader));
  const frozen = { pattern: floatSpec(batch, nHeads, length, length), scale: floatSpec(batch, length, 1) };
  return program({
    name: `frozen pass to layer ${last}`,
    inputs: { tokens: intSpec(batch, length) },
    outputs: {
      components: floatSpec(batch, componentsBelow(model, last, lowerSites(saes)).length, length, dModel),
      layers: Object.fromEntries(readers.map(({ layer }) => [layer, frozen])),
      readScales: Object.fromEntries(scaled.map(({ id }) => [id, floatSpec(batch, length)])),
      f: Object.fromEntries(lower.map(({ layer, dSae }) => [layer, floatSpec(batch * length, dSae)])),
    },
    weights: weightsWithSaes(model, last, lower),
    body({ tokens }, weights) {
      const loaded = new Map(lower.map((sae) => [sae.layer, { sae, tensors: saeTensors(sae, weights) }]));
      const transformer = new Transformer(model.config, weights);
      const pass = frozenPass(transformer, loaded, tokens, last);
      const scaleOf = (reader: Sae) => {
        const z = () => tf.reshape(pass.z[reader.layer], [batch * length, -1]);
        const scale = readScale(transformer.layer(reader.layer), reader, z) ?? tf.ones([batch * length]);
        return tf.reshape(scale, [batch, length]);
      };
      return {
        components: tf.transpose(pass.components, [1, 0, 2, 3]),
        layers: Object.fromEntries(readers.map(({ layer }) => [layer, pass.layers[layer]])),
        readScales: Object.fromEntries(scaled.map((reader) => [reader.id, scaleOf(reader)])),
        f: Object.fromEntries(pass.activations),
      };
    },
  });
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
 * One context's contributions to some features of one layer from all but upstream features, the value bias last where
 * there is one, and what no head wrote of what they read; and what featureProgram takes, the targets' readScales in
 * `attention`.
 */
export function componentProgram(model: Model, sae: Sae, siteOf: SiteOf, { length, targets }: ContributionSizes) {
  const { nHeads, dModel } = model.config;
  const count = componentsBelow(model, sae.layer, siteOf).length;
  const all = count + readBias(model.config, sae.layer).length;
  return program({
    name: `component contributions of ${sae.id}`,
    inputs: {
      components: floatSpec(count, length, dModel),
      pattern: floatSpec(nHeads, length, length),
      scale: floatSpec(length, 1),
      encoder: floatSpec(targets, sae.dIn),
      positions: intSpec(targets),
      scales: floatSpec(targets),
    },
    outputs: {
      byHead: floatSpec(targets, all, nHeads),
      bySource: floatSpec(targets, all, length),
      directions: floatSpec(targets, nHeads, dModel),
      attention: floatSpec(length, targets, nHeads),
      outputBias: floatSpec(targets),
    },
    weights: attentionWeights(model, [sae.layer]),
    body({ components, encoder, positions, scales, ...frozen }, weights) {
      const transformer = new Transformer(model.config, weights);
      const { contributions, ...reading } = denseContributions(transformer, components, frozen, {
        layer: sae.layer,
        site: sae.site,
        encoderRows: encoder,
        positions,
        scaleAt: isScaled(model, sae) ? scales : undefined,
      });
      return {
        byHead: tf.transpose(tf.sum(contributions, 1), [1, 0, 2]),
        bySource: tf.transpose(tf.sum(contributions, 3), [2, 0, 1]),
        ...reading,
      };
    },
  });
}

export interface FeatureSizes extends ContributionSizes {
  /** Active features taken at once. */
  readonly rows: number;
}

/** Whether what an SAE reads is scaled by position, so that readScale gives something. */
export const isScaled = ({ config }: Model, { site, normalization }: Sae): boolean =>
  normalization !== undefined || (site === 'attn_out' && config.postNorms);

/**
 * Contributions of active features of a lower SAE, `decoder` holding their wDec rows, and `read` [target·head, dIn], the
 * targets' directions at its site.
 */
export function featureProgram(model: Model, sae: Sae, { length, targets, rows }: FeatureSizes) {
  const { nHeads, dModel } = model.config;
  return program({
    name: `contributions of ${sae.id}'s features`,
    inputs: {
      decoder: floatSpec(rows, sae.dIn),
      sources: intSpec(rows),
      activations: floatSpec(rows),
      directions: floatSpec(targets, nHeads, dModel),
      attention: floatSpec(length, targets, nHeads),
      scale: floatSpec(length, 1),
    },
    outputs: { contributions: floatSpec(rows, targets, nHeads), read: floatSpec(targets * nHeads, sae.dIn) },
    weights: attentionWeights(model, [sae.layer]),
    body({ directions, attention, scale, ...active }, weights) {
      const read = directionsAt(new Transformer(model.config, weights), sae, directions);
      return { contributions: featureContributions(active, read, attention, scale), read };
    },
  });
}
