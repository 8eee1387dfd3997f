import * as tf from '@tensorflow/tfjs-core';
import { headReading, logitDirection, unembeddingDifference } from '../../../attribution/direct-logit-attribution.ts';
import { floatSpec, intSpec, program, type TensorSpec } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { wholeContext } from '../../../model/rotary.ts';
import { runTailLayer } from '../../../model/tail.ts';
import { runLayers, Transformer } from '../../../model/transformer.ts';
import { sharedWeights, weightsOfLayer } from '../../../model/weights.ts';
import type { Sae } from '../../../sae/sae.ts';
import { readScale, type Site, siteInput } from '../../../sae/site.ts';
import { logitOf } from './maths/readout.ts';

/** The two positions of a prompt that are looked at, in this order. */
export const lookedAt = ['s2', 'end'] as const;

export interface PromptShape {
  /** Prompts of a forward pass. */
  readonly batch: number;
  readonly length: number;
  /** Positions of a tail; 0 where no memory is asked for. */
  readonly tail: number;
  /** What is encoded of the prompts. */
  readonly saes: readonly Sae[];
}

/**
 * tokens, where to look (1 at each of the two positions), io and s → what is seen, and what each SAE reads at S2 with its
 * readScale there; with a tail, where it is, and its memory.
 */
export function promptProgram(model: Model, { batch, length, tail, saes }: PromptShape) {
  const { nLayers, nHeads, dHead, dModel } = model.config;
  const dIn = nHeads * dHead;
  const layers = Array.from({ length: nLayers }, (_, layer) => layer);
  const place: Readonly<Record<string, TensorSpec<'float32'>>> =
    tail > 0 ? { ofTail: floatSpec(batch, tail, length) } : {};
  const remembered = {
    stream: floatSpec(batch, tail, dModel),
    key: floatSpec(batch, nHeads, length, dHead),
    value: floatSpec(batch, nHeads, length, dHead),
    pattern: floatSpec(batch, nHeads, lookedAt.length, length),
    reading: floatSpec(batch, dIn),
  };
  return program({
    name: tail > 0 ? 'prompts with their memory' : 'prompts',
    inputs: {
      tokens: intSpec(batch, length),
      at: floatSpec(batch, lookedAt.length, length),
      io: intSpec(batch),
      s: intSpec(batch),
      place,
    },
    outputs: {
      difference: floatSpec(batch),
      best: intSpec(batch, 1),
      z: Object.fromEntries(layers.map((layer) => [layer, floatSpec(batch, lookedAt.length, dIn)])),
      saes: Object.fromEntries(
        saes.map(({ id, dIn }) => [id, { x: floatSpec(batch, dIn), scale: floatSpec(batch, 1) }]),
      ),
      memory: Object.fromEntries((tail > 0 ? layers : []).map((layer) => [layer, remembered])),
    },
    weights: model.weights,
    body({ tokens, at, io, s, place }, weights) {
      const transformer = new Transformer(model.config, weights);
      const seen: LayerSeen[] = [];
      const stream = runLayers(transformer, transformer.embed(tokens), {
        visit: ({ residual, state: { pattern }, z }) => void seen.push({ residual, pattern, z }),
      });
      const end = tf.matMul(tf.slice(at, [0, 1, 0], [batch, 1, length]), stream);
      const x = tf.reshape(end, [batch, dModel]);
      const difference = unembeddingDifference(transformer, io, s);
      const { direction } = logitDirection(transformer, x, difference);
      const logits = tf.reshape(transformer.unembed(end), [batch, -1]);
      const looked = seen.map(({ z }) => tf.matMul(at, z));
      const lookedAtZ = (layer: number, which: (typeof lookedAt)[number]) =>
        tf.squeeze(tf.slice(looked[layer], [0, lookedAt.indexOf(which), 0], [-1, 1, -1]), [1]);
      const memoryOf = ({ residual, pattern }: LayerSeen, layer: number) => ({
        ...transformer.layer(layer).queryKeyValue(residual, wholeContext(length)),
        stream: tf.matMul(place.ofTail, residual),
        pattern: tf.matMul(tf.expandDims(at, 1), pattern),
        reading: headReading(transformer.layer(layer), lookedAtZ(layer, 'end'), direction),
      });
      const read = (sae: Sae) => readAt(transformer, sae, lookedAtZ(sae.layer, 's2'));
      return {
        difference: logitOf(transformer, x, difference),
        best: tf.topk(logits, 1).indices,
        z: Object.fromEntries(looked.map((z, layer) => [layer, z])),
        saes: Object.fromEntries(saes.map((sae) => [sae.id, read(sae)])),
        memory: Object.fromEntries(tail > 0 ? seen.map((own, layer) => [layer, memoryOf(own, layer)]) : []),
      };
    },
  });
}

type LayerSeen = Record<'residual' | 'pattern' | 'z', tf.Tensor>;

/** What an SAE reads of z [batch, nHeads·dHead] of its layer, and the scale of it. */
function readAt(transformer: Transformer, { layer, site, normalization }: Sae, z: tf.Tensor) {
  const own = transformer.layer(layer);
  const scale = readScale(own, { site, normalization }, () => z);
  return { x: siteInput(own, site, z), scale: scale ?? tf.ones([z.shape[0], 1]) };
}

/** How much one run of tails holds. */
export interface PackSize {
  /** Positions that are run again. */
  readonly tokens: number;
  /** Positions before them, whose keys and values are those of the unchanged prompts. */
  readonly memory: number;
}

export interface TailShape extends PackSize {
  /** No position is as large. */
  readonly length: number;
}

/**
 * One layer of a pack of tails: the stream that enters it, whom each token sees, and what is added to z and behind W_O,
 * where that may be changed → z before the change, and the stream after the layer.
 */
export function tailLayerProgram(
  model: Model,
  layer: number,
  sites: readonly Site[],
  { tokens, memory, length }: TailShape,
) {
  const { nHeads, dHead, dModel } = model.config;
  const dIn = nHeads * dHead;
  const change = (site: Site, width: number): Readonly<Record<string, TensorSpec<'float32'>>> =>
    sites.includes(site) ? { [site]: floatSpec(1, tokens, width) } : {};
  return program({
    name: `tails through layer ${layer}`,
    inputs: {
      stream: floatSpec(1, tokens, dModel),
      mask: floatSpec(tokens, memory + tokens),
      positions: intSpec(tokens),
      remembered: intSpec(memory),
      key: floatSpec(1, nHeads, memory, dHead),
      value: floatSpec(1, nHeads, memory, dHead),
      changes: { ...change('z', dIn), ...change('attn_module', dModel), ...change('attn_out', dModel) },
    },
    outputs: { z: floatSpec(1, tokens, dIn), next: floatSpec(1, tokens, dModel) },
    weights: weightsOfLayer(model, layer),
    body({ stream, mask, positions, remembered, key, value, changes }, weights) {
      const { z, next } = runTailLayer(new Transformer(model.config, weights), layer, stream, {
        ...{ mask, remembered },
        positions: { at: positions, below: length },
        where: tf.ones([1, tokens, 1]),
        memory: () => ({ key, value }),
        change: () => (sites.includes('z') ? changes.z : tf.zeros([1, 1, dIn])),
        changeWritten: () => changes.attn_module,
        changeOutput: () => changes.attn_out,
      });
      return { z, next };
    },
  });
}

/** The stream after a layer at single positions, given that which enters it there, z, and what is added at the other sites. */
export function changedLayerProgram(model: Model, layer: number, rows: number) {
  const { nHeads, dHead, dModel } = model.config;
  return program({
    name: `changes of layer ${layer}`,
    inputs: {
      stream: floatSpec(1, rows, dModel),
      z: floatSpec(1, rows, nHeads * dHead),
      attn_module: floatSpec(1, rows, dModel),
      attn_out: floatSpec(1, rows, dModel),
    },
    outputs: { next: floatSpec(1, rows, dModel) },
    weights: weightsOfLayer(model, layer),
    body({ stream, z, ...shifts }, weights) {
      const own = new Transformer(model.config, weights).layer(layer);
      const written = own.afterWrite(tf.add(own.write(z), shifts.attn_module));
      return { next: own.finish(stream, z, tf.add(written, shifts.attn_out)).next };
    },
  });
}

/** The stream after the last layer at the end → the logit of io less that of s. */
export function differenceProgram(model: Model, rows: number) {
  return program({
    name: 'logit differences',
    inputs: { stream: floatSpec(rows, model.config.dModel), io: intSpec(rows), s: intSpec(rows) },
    outputs: { difference: floatSpec(rows) },
    weights: sharedWeights(model),
    body({ stream, io, s }, weights) {
      const transformer = new Transformer(model.config, weights);
      return { difference: logitOf(transformer, stream, unembeddingDifference(transformer, io, s)) };
    },
  });
}
