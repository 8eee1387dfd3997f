import * as tf from '@tensorflow/tfjs-core';
import { directFeatureAttribution } from '../attribution/attribution.ts';
import { floatSpec, intSpec, program } from '../engine/program.ts';
import type { AttentionState } from '../model/attention.ts';
import type { Model } from '../model/model.ts';
import { attentionStates, Transformer } from '../model/transformer.ts';
import { weightsOfLayers } from '../model/weights.ts';
import { greatest } from '../numbers/extremes.ts';
import type { FloatTensor } from '../numbers/tensor.ts';
import { type ActiveWidths, activeRows, activeWidths } from '../sae/active-rows.ts';
import { encode, type Place, type Sae, saeTensors, saeWeights } from '../sae/sae.ts';
import { byHeads, outputBiasRead, readScale, siteInput, siteWeights, siteWidth } from '../sae/site.ts';
import { peakSpecs, peaksOf } from './head-peaks.ts';

/** The model's weights through layer `last`, and those of some SAEs. */
export function weightsWithSaes(model: Model, last: number, saes: readonly Sae[]): Record<string, FloatTensor> {
  const all = [weightsOfLayers(model, 0, last), ...saes.map(saeWeights)];
  return Object.fromEntries(all.flatMap((tensors) => Object.entries(tensors)));
}

/** The name of a place among forwardProgram's outputs. */
export const placeName = ({ layer, site }: Place): string => `${site}.${layer}`;

/** Contexts of a forward pass and their tokens, and the layers of whose heads it is said where each writes most. */
interface PassShape {
  readonly batch: number;
  readonly length: number;
  readonly peaksOf?: readonly number[];
}

/** tokens → the activations x [batch·length, dIn] at each place, the attention of its layer, and where heads write most. */
export function forwardProgram(
  model: Model,
  places: readonly Place[],
  { batch, length, peaksOf: peaked = [] }: PassShape,
) {
  const { nHeads, dHead } = model.config;
  const last = greatest(places.map(({ layer }) => layer));
  const attention = {
    pattern: floatSpec(batch, nHeads, length, length),
    value: floatSpec(batch, nHeads, length, dHead),
  };
  return program({
    name: `forward to layer ${last}`,
    inputs: { tokens: intSpec(batch, length) },
    outputs: {
      places: Object.fromEntries(
        places.map((place) => [placeName(place), floatSpec(batch * length, siteWidth(model.config, place.site))]),
      ),
      layers: Object.fromEntries(places.map(({ layer }) => [layer, attention])),
      peaks: Object.fromEntries(peaked.map((layer) => [layer, peakSpecs(nHeads, batch)])),
    },
    weights: weightsOfLayers(model, 0, last),
    body({ tokens }, weights) {
      const transformer = new Transformer(model.config, weights);
      const states = attentionStates(transformer, tokens, last);
      const read = ({ layer, site }: Place) =>
        tf.reshape(siteInput(transformer.layer(layer), site, stateOf(states, layer).z), [batch * length, -1]);
      return {
        places: Object.fromEntries(places.map((place) => [placeName(place), read(place)])),
        layers: Object.fromEntries(places.map(({ layer }) => [layer, stateOf(states, layer)])),
        peaks: layerPeaks(transformer, states, peaked),
      };
    },
  });
}

const layerPeaks = (transformer: Transformer, states: readonly AttentionState[], layers: readonly number[]) =>
  Object.fromEntries(
    layers.map((layer) => [
      layer,
      peaksOf(transformer.layer(layer), stateOf(states, layer).z, transformer.config.nHeads),
    ]),
  );

function stateOf(states: readonly AttentionState[], layer: number): AttentionState {
  const state = states[layer];
  if (!state) throw new RangeError(`no layer ${layer} among ${states.length}`);
  return state;
}

/** The site's activations x [rows, dIn] → f [rows, dSae]. */
export function encodeProgram(sae: Sae, rows: number) {
  return program({
    name: `encode by ${sae.id}`,
    inputs: { x: floatSpec(rows, sae.dIn) },
    outputs: { f: floatSpec(rows, sae.dSae) },
    weights: saeWeights(sae),
    body: ({ x }, weights) => ({ f: encode(sae, saeTensors(sae, weights), x) }),
  });
}

/** tokens [rows, length] → what SAEs at some places read at the last position of each row: [rows, dIn]. */
export function lastInputsProgram(
  model: Model,
  places: readonly (Place & Pick<Sae, 'dIn'>)[],
  rows: number,
  length: number,
) {
  const last = greatest(places.map(({ layer }) => layer));
  return program({
    name: `the last of ${length} tokens to layer ${last}`,
    inputs: { tokens: intSpec(rows, length) },
    outputs: { places: Object.fromEntries(places.map((place) => [placeName(place), floatSpec(rows, place.dIn)])) },
    weights: weightsOfLayers(model, 0, last),
    body({ tokens }, weights) {
      const transformer = new Transformer(model.config, weights);
      const states = attentionStates(transformer, tokens, last);
      const read = ({ layer, site, dIn }: (typeof places)[number]) => {
        const z = tf.slice(stateOf(states, layer).z, [0, length - 1, 0], [-1, 1, -1]);
        return tf.reshape(siteInput(transformer.layer(layer), site, z), [rows, dIn]);
      };
      return { places: Object.fromEntries(places.map((place) => [placeName(place), read(place)])) };
    },
  });
}

/** Columns of wEnc → what they read of z by head. */
export function readsProgram(model: Model, sae: Sae, targets: number) {
  const { nHeads, dHead } = model.config;
  return program({
    name: `what ${targets} features of ${sae.id} read by head`,
    inputs: { encoder: floatSpec(targets, sae.dIn) },
    outputs: { reads: floatSpec(targets, nHeads * dHead) },
    weights: siteWeights(model, sae),
    body: ({ encoder }, weights) => ({
      reads: byHeads(new Transformer(model.config, weights).layer(sae.layer), sae.site, encoder),
    }),
  });
}

/** What some examples of one context are told by: their features' columns of wEnc as rows, and their positions. */
const exampleSpecs = ({ dIn }: Sae, examples: number) => ({
  encoder: floatSpec(examples, dIn),
  positions: intSpec(examples),
});

/** What is known of an example's attribution; outputBias is what no head wrote of what the SAE reads. */
const attributionSpecs = ({ config }: Model, length: number, examples: number) => ({
  bySource: floatSpec(examples, length),
  byHead: floatSpec(examples, config.nHeads),
  outputBias: floatSpec(examples),
});

/** DFA of `examples` (feature, position) pairs of one context. */
export function attributionProgram(model: Model, sae: Sae, length: number, examples: number) {
  const { nHeads, dHead } = model.config;
  return program({
    name: `attribution of ${sae.id}`,
    inputs: {
      pattern: floatSpec(nHeads, length, length),
      value: floatSpec(nHeads, length, dHead),
      ...exampleSpecs(sae, examples),
    },
    outputs: attributionSpecs(model, length, examples),
    weights: siteWeights(model, sae),
    body: ({ pattern, value, ...chosen }, weights) =>
      attributionsOf(new Transformer(model.config, weights), sae, { pattern, value, ...chosen }),
  });
}

/** The same of each SAE, from the context's tokens: nothing of the forward pass is read back. */
export function contextAttributionProgram(model: Model, saes: readonly Sae[], length: number, examples: number) {
  const last = greatest(saes.map(({ layer }) => layer));
  return program({
    name: `attributions of a context to layer ${last}`,
    inputs: {
      tokens: intSpec(1, length),
      examples: Object.fromEntries(saes.map((sae) => [sae.id, exampleSpecs(sae, examples)])),
    },
    outputs: { saes: Object.fromEntries(saes.map(({ id }) => [id, attributionSpecs(model, length, examples)])) },
    weights: weightsOfLayers(model, 0, last),
    body({ tokens, examples: chosen }, weights) {
      const transformer = new Transformer(model.config, weights);
      const states = attentionStates(transformer, tokens, last);
      const own = (sae: Sae) => {
        const { pattern, value } = stateOf(states, sae.layer);
        const context = { pattern: tf.squeeze(pattern, [0]), value: tf.squeeze(value, [0]), ...chosen[sae.id] };
        return attributionsOf(transformer, sae, context);
      };
      return { saes: Object.fromEntries(saes.map((sae) => [sae.id, own(sae)])) };
    },
  });
}

/** tokens → each SAE's active features, and where heads write most; `narrow` says of each how many of most tokens are read. */
export function activeProgram(
  model: Model,
  saes: readonly Sae[],
  { batch, length, peaksOf: peaked = [], narrow }: PassShape & { readonly narrow: (sae: Sae) => number },
) {
  const last = greatest(saes.map(({ layer }) => layer));
  const rows = batch * length;
  const widthsOf = (sae: Sae) => activeWidths(narrow(sae), rows, sae.dSae);
  return program({
    name: `active features to layer ${last}`,
    inputs: { tokens: intSpec(batch, length) },
    outputs: {
      saes: Object.fromEntries(saes.map((sae) => [sae.id, activeSpecs(rows, widthsOf(sae))])),
      peaks: Object.fromEntries(peaked.map((layer) => [layer, peakSpecs(model.config.nHeads, batch)])),
    },
    weights: weightsWithSaes(model, last, saes),
    body({ tokens }, weights) {
      const transformer = new Transformer(model.config, weights);
      const states = attentionStates(transformer, tokens, last);
      const own = (sae: Sae) => {
        const x = siteInput(transformer.layer(sae.layer), sae.site, stateOf(states, sae.layer).z);
        return { ...activeRows(encode(sae, saeTensors(sae, weights), tf.reshape(x, [rows, -1])), widthsOf(sae)) };
      };
      return {
        saes: Object.fromEntries(saes.map((sae) => [sae.id, own(sae)])),
        peaks: layerPeaks(transformer, states, peaked),
      };
    },
  });
}

const activeSpecs = (rows: number, { narrow, wide, wideRows }: ActiveWidths) => ({
  counts: floatSpec(rows),
  sums: floatSpec(rows),
  values: floatSpec(rows, narrow),
  ids: intSpec(rows, narrow),
  widest: intSpec(wideRows),
  wideValues: floatSpec(wideRows, wide),
  wideIds: intSpec(wideRows, wide),
});

interface ContextExamples {
  /** [head, t, s] */
  readonly pattern: tf.Tensor;
  /** [head, s, dHead] */
  readonly value: tf.Tensor;
  /** [example, dIn] */
  readonly encoder: tf.Tensor;
  /** [example] */
  readonly positions: tf.Tensor;
}

function attributionsOf(transformer: Transformer, sae: Sae, { pattern, value, encoder, positions }: ContextExamples) {
  const layer = transformer.layer(sae.layer);
  const inputScale = readScale(layer, sae, () => zAt(pattern, value, positions));
  const bias = outputBiasRead(layer, sae.site, encoder);
  const reads = byHeads(layer, sae.site, encoder);
  return {
    ...directFeatureAttribution({ pattern, value, reads, positions, inputScale }),
    outputBias: inputScale ? tf.mul(bias, tf.reshape(inputScale, [-1])) : bias,
  };
}

/** z at some positions of one context: pattern [head, t, s], value [head, s, dHead], positions [example] → [example, dIn]. */
function zAt(pattern: tf.Tensor, value: tf.Tensor, positions: tf.Tensor): tf.Tensor {
  const byHead = tf.matMul(tf.gather(pattern, positions as tf.Tensor1D, 1), value);
  return tf.reshape(tf.transpose(byHead, [1, 0, 2]), [positions.size, -1]);
}
