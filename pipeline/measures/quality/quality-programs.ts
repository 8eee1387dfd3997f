import type * as tf from '@tensorflow/tfjs-core';
import { floatSpec, type HostTensors, intSpec, program } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { attentionStates, Transformer } from '../../model/transformer.ts';
import { sharedWeights } from '../../model/weights.ts';
import { greatest } from '../../numbers/extremes.ts';
import { type Sae, saeWeights } from '../../sae/sae.ts';
import { siteInput } from '../../sae/site.ts';
import { ablatedResiduals, ablations, contextMeans, reconstructionSums, variantLosses } from './maths/quality.ts';

/** What the programs of the quality table are made for. */
export interface QualitySubject {
  readonly model: Model;
  readonly saes: readonly Sae[];
  readonly batch: number;
  readonly context: number;
}

/** tokens → reconstructionSums of each SAE by its id; of those after W_O also the mean z. */
export function reconstructionProgram({ model, saes, batch, context }: QualitySubject) {
  const { nHeads, dHead } = model.config;
  const last = greatest(saes.map(({ layer }) => layer));
  const afterOutput = saes.filter(({ site }) => site !== 'z');
  return program({
    name: 'reconstruction quality',
    inputs: { tokens: intSpec(batch, context), counts: countSpecs({ saes, batch, context }) },
    outputs: {
      saes: Object.fromEntries(saes.map((sae) => [sae.id, sumsOf(sae, batch)])),
      meanZ: Object.fromEntries(afterOutput.map(({ id }) => [id, floatSpec(batch, nHeads * dHead)])),
    },
    weights: weightsWith(model, saes),
    body({ tokens, counts }, weights) {
      const transformer = new Transformer(model.config, weights);
      const states = attentionStates(transformer, tokens, last);
      const measure = (sae: Sae) => {
        const x = siteInput(transformer.layer(sae.layer), sae.site, states[sae.layer].z);
        return { ...reconstructionSums(sae, weights, x, counts[sae.id]) };
      };
      return {
        saes: Object.fromEntries(saes.map((sae) => [sae.id, measure(sae)])),
        meanZ: Object.fromEntries(afterOutput.map(({ id, layer }) => [id, contextMeans(states[layer].z)])),
      };
    },
  });
}

/** Whether SAEs' tokens count, for those for which some do not. */
const countSpecs = ({ saes, batch, context }: Pick<QualitySubject, 'saes' | 'batch' | 'context'>) =>
  Object.fromEntries(saes.filter(excludesTokens).map(({ id }) => [id, floatSpec(batch, context)]));

export const excludesTokens = ({ excludedTokens }: Sae): boolean => (excludedTokens?.size ?? 0) > 0;

const sumsOf = ({ dIn, dSae }: Sae, batch: number) => ({
  mean: floatSpec(batch, dIn),
  spread: floatSpec(batch),
  error: floatSpec(batch),
  size: floatSpec(batch),
  product: floatSpec(batch),
  cosine: floatSpec(batch),
  ratio: floatSpec(batch),
  active: floatSpec(batch),
  peak: floatSpec(dSae),
});

/** tokens and each SAE's mean x by its id → the final residual streams that ablatedResiduals stacks. */
export function ablationProgram({ model, saes, batch, context }: QualitySubject) {
  return program({
    name: 'ablated forward passes',
    inputs: {
      tokens: intSpec(batch, context),
      means: Object.fromEntries(saes.map(({ id, dIn }) => [id, floatSpec(dIn)])),
      counts: countSpecs({ saes, batch, context }),
    },
    outputs: { streams: floatSpec(variantCount(saes) * batch, context, model.config.dModel) },
    weights: weightsWith(model, saes),
    body({ tokens, means, counts }, weights) {
      const transformer = new Transformer(model.config, weights);
      const [meansById, countsById] = [means, counts].map((all) => new Map<string, tf.Tensor>(Object.entries(all)));
      return { streams: ablatedResiduals(transformer, weights, saes, tokens, meansById, countsById) };
    },
  });
}

/** Streams of `predictions` tokens by variants of one SAE, and the tokens that come next → variantLosses. */
export function lossProgram({ model }: Pick<QualitySubject, 'model'>, predictions: number) {
  const variants = variantsOfSae;
  return program({
    name: 'losses of ablated passes',
    inputs: { streams: floatSpec(variants, predictions, model.config.dModel), next: intSpec(predictions) },
    outputs: { losses: floatSpec(variants, predictions), divergences: floatSpec(variants - 1, predictions) },
    weights: sharedWeights(model),
    body: ({ streams, next }, weights) => ({
      ...variantLosses(new Transformer(model.config, weights), streams, next),
    }),
  });
}

/** The clean model and an SAE's ablations. */
export const variantsOfSae = 1 + ablations.length;

/** How many residual streams ablatedResiduals stacks. */
export const variantCount = (saes: readonly unknown[]): number => 1 + saes.length * ablations.length;

const weightsWith = ({ weights }: Model, saes: readonly Sae[]): HostTensors =>
  Object.fromEntries([weights, ...saes.map(saeWeights)].flatMap((tensors) => Object.entries(tensors)));
