import * as tf from '@tensorflow/tfjs-core';
import { headReading, logitDirection, unembeddingDifference } from '../../../attribution/direct-logit-attribution.ts';
import { floatSpec, intSpec, program, type TensorSpec } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { wholeContext } from '../../../model/rotary.ts';
import { runTail } from '../../../model/tail.ts';
import { runLayers, Transformer } from '../../../model/transformer.ts';
import { weightsOfLayers } from '../../../model/weights.ts';
import type { Sae } from '../../../sae/sae.ts';
import { readScale, siteInput } from '../../../sae/site.ts';
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

export interface TailShape {
  /** Changes of one run, each a row. */
  readonly rows: number;
  readonly length: number;
  readonly tail: number;
  /** Layers whose attention output may be changed. */
  readonly outputs: readonly number[];
}

/** One prompt's tail from layer `first` on, each row with changes of its own → what comes of it at the end. */
export function tailProgram(model: Model, first: number, { rows, length, tail, outputs }: TailShape) {
  const { nLayers, nHeads, dHead, dModel } = model.config;
  const dIn = nHeads * dHead;
  const layers = Array.from({ length: nLayers - first }, (_, i) => first + i);
  const changed = layers.filter((layer) => outputs.includes(layer));
  const memory = { key: floatSpec(1, nHeads, length, dHead), value: floatSpec(1, nHeads, length, dHead) };
  return program({
    name: `tails of ${tail} from layer ${first}`,
    inputs: {
      stream: floatSpec(1, tail, dModel),
      mask: floatSpec(tail, length + tail),
      where: floatSpec(1, tail, 1),
      positions: intSpec(tail),
      io: intSpec(1),
      s: intSpec(1),
      memory: Object.fromEntries(layers.map((layer) => [layer, memory])),
      changes: {
        z: Object.fromEntries(layers.map((layer) => [layer, floatSpec(rows, 1, dIn)])),
        attn_out: Object.fromEntries(changed.map((layer) => [layer, floatSpec(rows, 1, dModel)])),
      },
    },
    outputs: {
      difference: floatSpec(rows),
      z: Object.fromEntries(layers.slice(1).map((layer) => [layer, floatSpec(rows, dIn)])),
    },
    weights: weightsOfLayers(model, first, nLayers - 1),
    body({ stream, mask, where, positions, io, s, memory, changes }, weights) {
      const transformer = new Transformer(model.config, weights);
      const run = runTail(transformer, first, {
        residual: stream,
        mask,
        where,
        positions: { at: positions, below: length },
        memory: (layer) => memory[layer],
        change: (layer) => changes.z[layer],
        changeOutput: (layer) => changes.attn_out[layer],
      });
      return {
        difference: logitOf(transformer, run.residual, unembeddingDifference(transformer, io, s)),
        z: Object.fromEntries(run.layers.slice(1).map(({ z }, i) => [first + 1 + i, z])),
      };
    },
  });
}
