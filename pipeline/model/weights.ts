import type { FloatTensor } from '../numbers/tensor.ts';
import type { Model } from './model.ts';
import { type LayerPart, layerPrefix, layerShapes, sharedShapes } from './tensors.ts';
import { unembeddingName } from './transformer.ts';

type Tensors = Record<string, FloatTensor>;

/** Those weights of a model that a program over some of its parts needs. */
function weightsNamed({ weights }: Model, names: Iterable<string>): Tensors {
  return Object.fromEntries([...new Set(names)].map((name) => [name, at(weights, name)]));
}

/** Of layers first … last, and what belongs to no layer. */
export function weightsOfLayers(model: Model, first: number, last: number): Tensors {
  const layers = Array.from({ length: last - first + 1 }, (_, i) => Object.keys(layerShapes(model.config, first + i)));
  return weightsNamed(model, [...Object.keys(sharedShapes(model.config)), ...layers.flat()]);
}

/** Of one layer alone. */
export const weightsOfLayer = (model: Model, layer: number): Tensors =>
  weightsNamed(model, Object.keys(layerShapes(model.config, layer)));

/** What belongs to no layer. */
export const sharedWeights = (model: Model): Tensors => weightsNamed(model, Object.keys(sharedShapes(model.config)));

/** Of some layers' attention alone. */
export function attentionWeights(model: Model, layers: readonly number[]): Tensors {
  const part: LayerPart[] = ['attention'];
  return weightsNamed(
    model,
    layers.flatMap((layer) => Object.keys(layerShapes(model.config, layer, part))),
  );
}

/** Of a layer's attention, and what belongs to no layer. */
export function circuitWeights(model: Model, layer: number): Tensors {
  return { ...sharedWeights(model), ...attentionWeights(model, [layer]) };
}

/** W_O of a layer, and the norm behind it where there is one. */
export function outputWeights(model: Model, layer: number): Tensors {
  const prefix = layerPrefix(layer, 'attention');
  const written = Object.keys(layerShapes(model.config, layer, ['attention'])).filter(
    (name) => name === `${prefix}output.weight` || name.startsWith(`${prefix}post_norm.`),
  );
  return weightsNamed(model, written);
}

/** The same, and the unembedding. */
export const logitWeights = (model: Model, layer: number): Tensors => ({
  ...outputWeights(model, layer),
  ...weightsNamed(model, [unembeddingName(model.config)]),
});

/** W_U's columns as rows [vocabSize, dModel]. */
export const unembeddingOf = ({ config, weights }: Model): FloatTensor => at(weights, unembeddingName(config));

function at(weights: Model['weights'], name: string): FloatTensor {
  const tensor = weights[name];
  if (!tensor) throw new RangeError(`the model has no ${name}`);
  return tensor;
}
