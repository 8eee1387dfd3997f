import * as tf from '@tensorflow/tfjs-core';
import { floatSpec, intSpec, type Program, type Tensors } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { wholeContext } from '../../../model/rotary.ts';
import { runLayers, Transformer } from '../../../model/transformer.ts';
import { weightsOfLayers } from '../../../model/weights.ts';
import type { Sae } from '../../../sae/sae.ts';
import { readScale, siteInput } from '../../../sae/site.ts';
import { differenceOfTokens, directReading, logitDifference } from './maths/readout.ts';
import { runTail } from './maths/tail.ts';

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
 * tokens [batch, length], at [batch, 2, length] (1 where it looks), io and s [batch], and with a tail its place
 * [batch, tail, length] → difference [batch], best [batch, 1], z.L [batch, 2, dIn], of each SAE x.ID [batch, dIn], what it
 * reads at S2, and scale.ID [batch, 1], its readScale there; with a tail also stream.L, key.L, value.L,
 * pattern.L [batch, head, 2, length] and reading.L [batch, dIn].
 */
export function promptProgram(model: Model, { batch, length, tail, saes }: PromptShape): Program {
  return {
    name: tail > 0 ? 'prompts with their memory' : 'prompts',
    inputs: {
      tokens: intSpec(batch, length),
      at: floatSpec(batch, lookedAt.length, length),
      io: intSpec(batch),
      s: intSpec(batch),
      ...(tail > 0 ? { place: floatSpec(batch, tail, length) } : {}),
    },
    weights: model.weights,
    body(inputs, weights) {
      const transformer = new Transformer(model.config, weights);
      const at = need(inputs, 'at');
      const outputs: Record<string, tf.Tensor> = {};
      const stream = runLayers(transformer, transformer.embed(need(inputs, 'tokens')), {
        visit({ layer, residual, state, z }) {
          const looked = tf.matMul(at, z);
          outputs[`z.${layer}`] = looked;
          const s2 = tf.squeeze(tf.slice(looked, [0, 0, 0], [-1, 1, -1]), [1]);
          for (const sae of saes) if (sae.layer === layer) Object.assign(outputs, readAt(transformer, sae, s2));
          if (!inputs.place) return;
          const heads = tf.matMul(tf.expandDims(at, 1), state.pattern);
          const memory = memoryOf(transformer, layer, residual, inputs.place);
          for (const [name, value] of Object.entries({ ...memory, pattern: heads }))
            outputs[`${name}.${layer}`] = value;
        },
      });
      return { ...outputs, ...readEnd(transformer, stream, inputs) };
    },
  };
}

/** What an SAE reads of z [batch, nHeads·dHead] of its layer, and the scale of it. */
function readAt(transformer: Transformer, { id, layer, site, normalization }: Sae, z: tf.Tensor) {
  const own = transformer.layer(layer);
  const scale = readScale(own, { site, normalization }, () => z);
  return { [`x.${id}`]: siteInput(own, site, z), [`scale.${id}`]: scale ?? tf.ones([z.shape[0] ?? 1, 1]) };
}

function memoryOf(transformer: Transformer, layer: number, stream: tf.Tensor, place: tf.Tensor) {
  const { key, value } = transformer.layer(layer).queryKeyValue(stream, wholeContext(stream.shape[1] ?? 1));
  return { key, value, stream: tf.matMul(place, stream) };
}

function readEnd(transformer: Transformer, stream: tf.Tensor, inputs: Tensors): Record<string, tf.Tensor> {
  const { config } = transformer;
  const [batch = 1, length = 1, dModel = 1] = stream.shape;
  const end = tf.matMul(tf.slice(need(inputs, 'at'), [0, 1, 0], [batch, 1, length]), stream);
  const x = tf.reshape(end, [batch, dModel]);
  const direction = differenceOfTokens(transformer, need(inputs, 'io'), need(inputs, 's'));
  const logits = tf.reshape(transformer.unembed(end), [batch, config.vocabSize]);
  const outputs: Record<string, tf.Tensor> = {
    difference: logitDifference(transformer, x, direction),
    best: tf.topk(logits, 1).indices,
  };
  if (inputs.place) {
    for (let layer = 0; layer < config.nLayers; layer++) {
      outputs[`reading.${layer}`] = directReading(transformer, layer, x, direction);
    }
  }
  return outputs;
}

export interface TailShape {
  /** Changes of one run, each a row. */
  readonly rows: number;
  readonly length: number;
  readonly tail: number;
  /** Layers whose attention output may be changed. */
  readonly outputs: readonly number[];
}

/**
 * One prompt's tail from layer `first` on, each row with changes of its own: stream [1, tail, dModel], mask
 * [tail, length + tail], where [1, tail, 1], positions [tail], io and s [1], and by layer key.L and value.L [1, head, length, dHead],
 * change.z.L [row, 1, nHeads·dHead] and, of `outputs`, change.attn_out.L [row, 1, dModel] → difference [row], and of each later layer z.L [row, dIn].
 */
export function tailProgram(model: Model, first: number, { rows, length, tail, outputs }: TailShape): Program {
  const { nLayers, nHeads, dHead, dModel } = model.config;
  const inputs: Record<string, Program['inputs'][string]> = {
    stream: floatSpec(1, tail, dModel),
    mask: floatSpec(tail, length + tail),
    where: floatSpec(1, tail, 1),
    positions: intSpec(tail),
    io: intSpec(1),
    s: intSpec(1),
  };
  for (let layer = first; layer < nLayers; layer++) {
    inputs[`key.${layer}`] = floatSpec(1, nHeads, length, dHead);
    inputs[`value.${layer}`] = floatSpec(1, nHeads, length, dHead);
    inputs[`change.z.${layer}`] = floatSpec(rows, 1, nHeads * dHead);
    if (outputs.includes(layer)) inputs[`change.attn_out.${layer}`] = floatSpec(rows, 1, dModel);
  }
  return {
    name: `tails of ${tail} from layer ${first}`,
    inputs,
    weights: weightsOfLayers(model, first, nLayers - 1),
    body(given, weights) {
      const transformer = new Transformer(model.config, weights);
      const { residual, layers } = runTail(transformer, first, {
        residual: need(given, 'stream'),
        mask: need(given, 'mask'),
        where: need(given, 'where'),
        positions: { at: need(given, 'positions'), below: length },
        memory: (layer) => ({ key: need(given, `key.${layer}`), value: need(given, `value.${layer}`) }),
        change: (layer) => need(given, `change.z.${layer}`),
        changeOutput: (layer) => given[`change.attn_out.${layer}`],
      });
      const direction = differenceOfTokens(transformer, need(given, 'io'), need(given, 's'));
      const later = layers.slice(1).map(({ z }, i) => [`z.${first + 1 + i}`, z]);
      return { difference: logitDifference(transformer, residual, direction), ...Object.fromEntries(later) };
    },
  };
}

function need(tensors: Tensors, name: string): tf.Tensor {
  const tensor = tensors[name];
  if (!tensor) throw new Error(`input ${name} is missing`);
  return tensor;
}
