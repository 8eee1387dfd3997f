import * as tf from '@tensorflow/tfjs-core';
import { directFeatureAttribution } from '../attribution/attribution.ts';
import { floatSpec, intSpec, type Program } from '../engine/program.ts';
import type { Model } from '../model/model.ts';
import { attentionStates, Transformer } from '../model/transformer.ts';
import { weightsOfLayers } from '../model/weights.ts';
import { greatest } from '../numbers/extremes.ts';
import type { FloatTensor } from '../numbers/tensor.ts';
import { inputScale } from '../sae/input-normalization.ts';
import { encode, type Sae, saeTensors, saeWeights } from '../sae/sae.ts';

/** The model's weights through layer `last`, and those of some SAEs. */
export function weightsWithSaes(model: Model, last: number, saes: readonly Sae[]): Record<string, FloatTensor> {
  const all = [weightsOfLayers(model, 0, last), ...saes.map(saeWeights)];
  return Object.fromEntries(all.flatMap((tensors) => Object.entries(tensors)));
}

/**
 * tokens [batch, length] → for each of the layers z.L [batch·length, dIn], pattern.L [batch, head, t, s],
 * value.L [batch, head, s, dHead].
 */
export function forwardProgram(model: Model, layers: readonly number[], batch: number, length: number): Program {
  const last = greatest(layers);
  return {
    name: `forward to layer ${last}`,
    inputs: { tokens: intSpec(batch, length) },
    weights: weightsOfLayers(model, 0, last),
    body({ tokens }, weights) {
      if (!tokens) throw new Error('forward needs tokens');
      const states = attentionStates(new Transformer(model.config, weights), tokens, last);
      const outputs: Record<string, tf.Tensor> = {};
      states.forEach(({ z, pattern, value }, layer) => {
        if (!layers.includes(layer)) return;
        outputs[`z.${layer}`] = tf.reshape(z, [batch * length, -1]);
        outputs[`pattern.${layer}`] = pattern;
        outputs[`value.${layer}`] = value;
      });
      return outputs;
    },
  };
}

/** z [rows, dIn] → f [rows, dSae]. */
export function encodeProgram(sae: Sae, rows: number): Program {
  return {
    name: `encode layer ${sae.layer}`,
    inputs: { z: floatSpec(rows, sae.dIn) },
    weights: saeWeights(sae),
    body({ z }, weights) {
      if (!z) throw new Error('encode needs z');
      return { f: encode(sae, saeTensors(sae, weights), z) };
    },
  };
}

/** tokens [rows, length] → f [rows, dSae] at the last position of each row. */
export function lastActivationsProgram(model: Model, sae: Sae, rows: number, length: number): Program {
  return {
    name: `activations of layer ${sae.layer} at the last of ${length} tokens`,
    inputs: { tokens: intSpec(rows, length) },
    weights: { ...weightsOfLayers(model, 0, sae.layer), ...saeWeights(sae) },
    body({ tokens }, weights) {
      if (!tokens) throw new Error('last activations need tokens');
      const z = attentionStates(new Transformer(model.config, weights), tokens, sae.layer)[sae.layer]?.z;
      if (!z) throw new Error(`layer ${sae.layer} gave no z`);
      const last = tf.reshape(tf.slice(z, [0, length - 1, 0], [rows, 1, sae.dIn]), [rows, sae.dIn]);
      return { f: encode(sae, saeTensors(sae, weights), last) };
    },
  };
}

/** DFA of `examples` (feature, position) pairs of one context: bySource [example, length], byHead [example, head]. */
export function attributionProgram(sae: Sae, nHeads: number, length: number, examples: number): Program {
  return {
    name: `attribution of layer ${sae.layer}`,
    inputs: {
      pattern: floatSpec(nHeads, length, length),
      value: floatSpec(nHeads, length, sae.dIn / nHeads),
      features: intSpec(examples),
      positions: intSpec(examples),
    },
    weights: { wEnc: sae.wEnc },
    body({ pattern, value, features, positions }, { wEnc }) {
      if (!pattern || !value || !features || !positions || !wEnc) throw new Error('attribution needs all its inputs');
      const scale = inputScale(sae.normalization, zAt(pattern, value, positions))?.into;
      return { ...directFeatureAttribution({ pattern, value, wEnc, features, positions, inputScale: scale }) };
    },
  };
}

/** z at some positions of one context: pattern [head, t, s], value [head, s, dHead], positions [example] → [example, dIn]. */
function zAt(pattern: tf.Tensor, value: tf.Tensor, positions: tf.Tensor): tf.Tensor {
  const byHead = tf.matMul(tf.gather(pattern, positions as tf.Tensor1D, 1), value);
  return tf.reshape(tf.transpose(byHead, [1, 0, 2]), [positions.size, -1]);
}
