import * as tf from '@tensorflow/tfjs-core';
import { type Component, denseComponents, readBias, type SiteOf } from '../../attribution/recursion/components.ts';
import { directionsAt } from '../../attribution/recursion/contributions.ts';
import { frozenPass } from '../../attribution/recursion/frozen-pass.ts';
import { headReading, headValues } from '../../attribution/recursion/head-reading.ts';
import { floatSpec, intSpec, program } from '../../engine/program.ts';
import type { Model, ModelConfig } from '../../model/model.ts';
import { Transformer } from '../../model/transformer.ts';
import { attentionWeights } from '../../model/weights.ts';
import { greatest } from '../../numbers/extremes.ts';
import { weightsWithSaes } from '../../record/programs.ts';
import { type Sae, saeTensors } from '../../sae/sae.ts';
import { readScale, residualWrites } from '../../sae/site.ts';

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

/**
 * What rows x are multiplied with to give contributions: `values`, as the heads take them into their values, [head, row,
 * dHead], with what targets read of z; or `directions`, as they are, [row, d], with what targets read of them, head by head.
 * The first takes a product of its own, once for all targets, and then dHead numbers a row, head and target in place of d.
 */
export type Association = 'values' | 'directions';

export interface ContributionSizes {
  readonly association: Association;
  /** Tokens of a context. */
  readonly length: number;
  /** Targets explained at once. */
  readonly targets: number;
}

/** Whether what an SAE reads is scaled by position, so that readScale gives something. */
export const isScaled = ({ config }: Model, { site, normalization }: Sae): boolean =>
  normalization !== undefined || (site === 'attn_out' && config.postNorms);

/**
 * Contributions to some features of one layer from the components below it, `x` being their rows, position by position, the
 * value bias last where there is one; what no head wrote of what they read; and what featureProgram takes.
 */
export function componentProgram(
  model: Model,
  sae: Sae,
  siteOf: SiteOf,
  { association, length, targets }: ContributionSizes,
) {
  const { nHeads, dHead, dModel } = model.config;
  const count = componentsBelow(model, sae.layer, siteOf).length;
  const hasBias = readBias(model.config, sae.layer).length > 0;
  const all = hasBias ? count + 1 : count;
  const throughValues = association === 'values';
  return program({
    name: `component contributions of ${sae.id}`,
    inputs: {
      x: throughValues ? floatSpec(nHeads, count * length, dHead) : floatSpec(count * length, dModel),
      pattern: floatSpec(nHeads, length, length),
      scale: floatSpec(length, 1),
      encoder: floatSpec(targets, sae.dIn),
      positions: intSpec(targets),
      scales: floatSpec(targets),
    },
    outputs: {
      byHead: floatSpec(targets, all, nHeads),
      bySource: floatSpec(targets, all, length),
      reads: floatSpec(nHeads, targets, throughValues ? dHead : dModel),
      weights: floatSpec(nHeads, length, targets),
      outputBias: floatSpec(targets),
    },
    weights: attentionWeights(model, [sae.layer]),
    body({ x, encoder, positions, scales, ...frozen }, weights) {
      const reading = headReading(new Transformer(model.config, weights), frozen, {
        layer: sae.layer,
        site: sae.site,
        encoderRows: encoder,
        positions,
        scaleAt: isScaled(model, sae) ? scales : undefined,
      });
      const reads = throughValues ? reading.reads : reading.directions;
      const strengths = tf.reshape(strengthsOf(x, reads), [nHeads, count, length, targets]);
      const written = tf.mul(strengths, tf.expandDims(reading.weights, 1));
      const contributions = hasBias ? tf.concat([written, tf.expandDims(reading.bias, 1)], 1) : written;
      return {
        byHead: tf.transpose(tf.sum(contributions, 2), [2, 1, 0]),
        bySource: tf.transpose(tf.sum(contributions, 0), [2, 0, 1]),
        reads,
        weights: reading.weights,
        outputBias: reading.outputBias,
      };
    },
  });
}

export interface FeatureSizes extends ContributionSizes {
  /** Active features taken at once. */
  readonly rows: number;
}

/**
 * Contributions of active features, all heads together: `x` are their rows, by head or [row, dIn], and `reads` what targets
 * read of these, by head; weights are componentProgram's.
 */
export function featureProgram(
  { nHeads }: Pick<ModelConfig, 'nHeads'>,
  width: number,
  { association, length, targets, rows }: FeatureSizes,
) {
  return program({
    name: `contributions of ${rows} active features of ${width}`,
    inputs: {
      x: association === 'values' ? floatSpec(nHeads, rows, width) : floatSpec(rows, width),
      sources: intSpec(rows),
      activations: floatSpec(rows),
      reads: floatSpec(nHeads, targets, width),
      weights: floatSpec(nHeads, length, targets),
    },
    outputs: { contributions: floatSpec(targets, rows) },
    weights: {},
    body({ x, sources, activations, reads, weights }) {
      const given = tf.gather(weights, sources as tf.Tensor1D, 1);
      const perUnit = tf.sum(tf.mul(strengthsOf(x, reads), given), 0);
      return { contributions: tf.mul(tf.transpose(perUnit), tf.reshape(activations, [1, rows])) };
    },
  });
}

/** Products of rows x, [head, row, d] or the same for all heads [row, d], with reads [head, target, d]: [head, row, target]. */
function strengthsOf(x: tf.Tensor, reads: tf.Tensor): tf.Tensor {
  if (x.rank === 3) return tf.matMul(x, reads, false, true);
  const [heads, targets, width] = reads.shape;
  // One wide product is faster than many narrow ones.
  const byRow = tf.matMul(x as tf.Tensor2D, tf.reshape(reads, [heads * targets, width]), false, true);
  return tf.transpose(tf.reshape(byRow, [-1, heads, targets]), [1, 0, 2]);
}

/** What targets read of the residual stream, by head → what they read of a lower SAE's site. */
export function siteReadsProgram(model: Model, sae: Sae, targets: number) {
  const { nHeads, dModel } = model.config;
  return program({
    name: `what is read of ${sae.id}`,
    inputs: { directions: floatSpec(nHeads, targets, dModel) },
    outputs: { reads: floatSpec(nHeads, targets, sae.dIn) },
    weights: attentionWeights(model, [sae.layer]),
    body({ directions }, weights) {
      const own = new Transformer(model.config, weights);
      return { reads: tf.reshape(directionsAt(own, sae, directions), [nHeads, targets, sae.dIn]) };
    },
  });
}

/** Decoder rows of a lower SAE's features → what they write to the residual stream. */
export function writtenProgram(model: Model, sae: Sae, rows: number) {
  return program({
    name: `what ${sae.id}'s features write`,
    inputs: { decoder: floatSpec(rows, sae.dIn) },
    outputs: { written: floatSpec(rows, model.config.dModel) },
    weights: attentionWeights(model, [sae.layer]),
    body: ({ decoder }, weights) => ({
      written: residualWrites(new Transformer(model.config, weights).layer(sae.layer), sae.site, decoder),
    }),
  });
}

/** Rows of the residual stream → what each head of a layer takes into its values of them. */
export function valuesProgram(model: Model, layer: number, rows: number) {
  const { nHeads, dHead, dModel } = model.config;
  return program({
    name: `what layer ${layer} takes of ${rows} rows`,
    inputs: { x: floatSpec(rows, dModel) },
    outputs: { values: floatSpec(nHeads, rows, dHead) },
    weights: attentionWeights(model, [layer]),
    body: ({ x }, weights) => ({ values: headValues(new Transformer(model.config, weights), layer, x) }),
  });
}
