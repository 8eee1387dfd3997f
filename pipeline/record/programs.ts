import * as tf from '@tensorflow/tfjs-core';
import { directFeatureAttribution } from '../attribution/attribution.ts';
import { floatSpec, intSpec, type Program } from '../engine/program.ts';
import type { AttentionState } from '../model/attention.ts';
import type { Model } from '../model/model.ts';
import { attentionStates, Transformer } from '../model/transformer.ts';
import { weightsOfLayers } from '../model/weights.ts';
import { greatest } from '../numbers/extremes.ts';
import type { FloatTensor } from '../numbers/tensor.ts';
import { encode, type Place, type Sae, saeTensors, saeWeights } from '../sae/sae.ts';
import { byHeads, outputBiasRead, readScale, siteInput, siteWeights } from '../sae/site.ts';

/** The model's weights through layer `last`, and those of some SAEs. */
export function weightsWithSaes(model: Model, last: number, saes: readonly Sae[]): Record<string, FloatTensor> {
  const all = [weightsOfLayers(model, 0, last), ...saes.map(saeWeights)];
  return Object.fromEntries(all.flatMap((tensors) => Object.entries(tensors)));
}

/** The name of a site's activations among a program's outputs. */
export const placeName = ({ layer, site }: Place): string => `${site}.${layer}`;

/**
 * tokens [batch, length] → for each place the activations there, z.L or attn_out.L [batch·length, dIn], and of its layer
 * pattern.L [batch, head, t, s], value.L [batch, head, s, dHead].
 */
export function forwardProgram(model: Model, places: readonly Place[], batch: number, length: number): Program {
  const last = greatest(places.map(({ layer }) => layer));
  return {
    name: `forward to layer ${last}`,
    inputs: { tokens: intSpec(batch, length) },
    weights: weightsOfLayers(model, 0, last),
    body({ tokens }, weights) {
      if (!tokens) throw new Error('forward needs tokens');
      const transformer = new Transformer(model.config, weights);
      const states = attentionStates(transformer, tokens, last);
      const outputs: Record<string, tf.Tensor> = {};
      for (const { layer, site } of places) {
        const { z, pattern, value } = stateOf(states, layer);
        const x = siteInput(transformer.layer(layer), site, z);
        outputs[placeName({ layer, site })] = tf.reshape(x, [batch * length, -1]);
        outputs[`pattern.${layer}`] = pattern;
        outputs[`value.${layer}`] = value;
      }
      return outputs;
    },
  };
}

function stateOf(states: readonly AttentionState[], layer: number): AttentionState {
  const state = states[layer];
  if (!state) throw new RangeError(`no layer ${layer} among ${states.length}`);
  return state;
}

/** The site's activations x [rows, dIn] → f [rows, dSae]. */
export function encodeProgram(sae: Sae, rows: number): Program {
  return {
    name: `encode by ${sae.id}`,
    inputs: { x: floatSpec(rows, sae.dIn) },
    weights: saeWeights(sae),
    body({ x }, weights) {
      if (!x) throw new Error('encode needs x');
      return { f: encode(sae, saeTensors(sae, weights), x) };
    },
  };
}

/** tokens [rows, length] → f [rows, dSae] at the last position of each row. */
export function lastActivationsProgram(model: Model, sae: Sae, rows: number, length: number): Program {
  return {
    name: `activations of ${sae.id} at the last of ${length} tokens`,
    inputs: { tokens: intSpec(rows, length) },
    weights: { ...weightsOfLayers(model, 0, sae.layer), ...saeWeights(sae) },
    body({ tokens }, weights) {
      if (!tokens) throw new Error('last activations need tokens');
      const transformer = new Transformer(model.config, weights);
      const { z } = stateOf(attentionStates(transformer, tokens, sae.layer), sae.layer);
      const last = tf.slice(z, [0, length - 1, 0], [-1, 1, -1]);
      const x = tf.reshape(siteInput(transformer.layer(sae.layer), sae.site, last), [rows, sae.dIn]);
      return { f: encode(sae, saeTensors(sae, weights), x) };
    },
  };
}

/** encoder [targets, dIn], columns of wEnc → reads [targets, nHeads·dHead], what they read of z by head. */
export function readsProgram(model: Model, sae: Sae, targets: number): Program {
  return {
    name: `what ${targets} features of ${sae.id} read by head`,
    inputs: { encoder: floatSpec(targets, sae.dIn) },
    weights: siteWeights(model, sae),
    body({ encoder }, weights) {
      if (!encoder) throw new Error('reads need encoder columns');
      return { reads: byHeads(new Transformer(model.config, weights).layer(sae.layer), sae.site, encoder) };
    },
  };
}

/**
 * DFA of `examples` (feature, position) pairs of one context: bySource [example, length], byHead [example, head], and
 * outputBias [example], what no head wrote of what the SAE reads.
 */
export function attributionProgram(model: Model, sae: Sae, length: number, examples: number): Program {
  const { nHeads, dHead } = model.config;
  return {
    name: `attribution of ${sae.id}`,
    inputs: {
      pattern: floatSpec(nHeads, length, length),
      value: floatSpec(nHeads, length, dHead),
      features: intSpec(examples),
      positions: intSpec(examples),
    },
    weights: { wEnc: sae.wEnc, ...siteWeights(model, sae) },
    body({ pattern, value, features, positions }, weights) {
      const { wEnc } = weights;
      if (!pattern || !value || !features || !positions || !wEnc) throw new Error('attribution needs all its inputs');
      const layer = new Transformer(model.config, weights).layer(sae.layer);
      const encoder = tf.gather(tf.transpose(wEnc), features as tf.Tensor1D);
      const inputScale = readScale(layer, sae, () => zAt(pattern, value, positions));
      const bias = outputBiasRead(layer, sae.site, encoder);
      return {
        ...directFeatureAttribution({
          pattern,
          value,
          reads: byHeads(layer, sae.site, encoder),
          positions,
          inputScale,
        }),
        outputBias: inputScale ? tf.mul(bias, tf.reshape(inputScale, [-1])) : bias,
      };
    },
  };
}

/** z at some positions of one context: pattern [head, t, s], value [head, s, dHead], positions [example] → [example, dIn]. */
function zAt(pattern: tf.Tensor, value: tf.Tensor, positions: tf.Tensor): tf.Tensor {
  const byHead = tf.matMul(tf.gather(pattern, positions as tf.Tensor1D, 1), value);
  return tf.reshape(tf.transpose(byHead, [1, 0, 2]), [positions.size, -1]);
}
