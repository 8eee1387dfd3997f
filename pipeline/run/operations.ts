import { pairsWithin, reachOf } from '../measures/neighbours/nearest-directions.ts';
import { design } from '../measures/studies/induction/sequences.ts';
import { textDesign } from '../measures/studies/induction/text.ts';
import { mostPrompts, mostTailTokens } from '../measures/studies/ioi/afford.ts';
import { sampleSizes } from '../record/run-samples.ts';
import { assumedL0, bytesPerNumber, featuresOf, lastLayer, layerBytes, type RunShape } from './run-shape.ts';

const unlimited = {
  contextCuts: Number.POSITIVE_INFINITY,
  upstream: Number.POSITIVE_INFINITY,
  checks: Number.POSITIVE_INFINITY,
  study: Number.POSITIVE_INFINITY,
};

/** Share of the bound on context cuts that they use: most features settle early. */
const cutShare = 0.3;
/** Tokens of the prompts of the study of indirect objects, of those that are taken apart as they are and changed. */
const promptTokens = 30_000;
/** Positions of a prompt from the giver's second mention on. */
const tailPositions = 6;
/** Features whose upstream features one context gives: of the demo's contexts 834 serve one example each of 8,166, 2,049 three. */
const featuresPerContext = 10;

/** Of the corpus pass and the quality measurement: two for each multiplication. */
export function passOperations(shape: RunShape): number {
  const { config, saes, contexts, length, settings } = shape;
  const unembedding = 2 * config.dModel * config.vocabSize;
  const qualityTokens = Math.min(settings.qualityTokens, contexts * length);
  const quality = saes.length * (2 * tokenOperations(shape) + 7 * unembedding) + 3 * encoding(shape);
  return contexts * length * (tokenOperations(shape) + encoding(shape)) + qualityTokens * quality;
}

/** Of what --budget bounds: context cuts, upstream features and family checks. */
export function boundedOperations(shape: RunShape): number {
  const { saes, contexts, length, settings } = shape;
  const features = featuresOf(shape);
  const { contextCuts: mostCut, upstream: mostUpstream, checks: mostChecked } = shape.budget ?? unlimited;
  const wantedCuts = settings.familyExamples === 0 ? 0 : cutShare * features * (36 * settings.familyExamples + 98);
  const cuts = Math.min(wantedCuts, mostCut);
  const explained = Math.min(contexts, (features * settings.upstreamExamples) / featuresPerContext);
  const upstream = Math.min(explained * length, mostUpstream);
  const checks = Math.min(sampleSizes.checkedTokens, contexts * length, mostChecked);
  const perToken = tokenOperations(shape);
  return (
    cuts * (perToken / 2 + encoding(shape) / saes.length) +
    upstream * (perToken + 2 * encoding(shape)) +
    checks * perToken
  );
}

/** Of a token's forward pass to the last SAE, and of its encoding by all of them. */
const tokenOperations = (shape: RunShape) => (2 * layerBytes(shape, lastLayer(shape) + 1)) / bytesPerNumber;
const encoding = ({ saes }: RunShape) => saes.reduce((sum, { dIn, dSae }) => sum + 2 * dIn * dSae, 0);

/**
 * Of what comes from weights alone: logit effects, decoders compared, neighbours, wiring and the circuits of heads, were all features
 * alive. These are large products, which run at the rate that is measured, or faster.
 */
export function weightOperations({ config, saes, settings }: RunShape): number {
  const { nHeads, dHead, dModel, vocabSize } = config;
  const sizes = saes.map(({ dSae }) => dSae);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const below = ({ layer }: { readonly layer: number }) => saes.filter((lower) => lower.layer < layer);
  const decoders = sum(saes.map(({ dSae, dIn }) => 2 * dSae ** 2 * dIn));
  const neighbours = settings.neighbours > 0 ? 4 * pairsWithin(sizes, reachOf(sizes)) * dModel : 0;
  const connections = sum(saes.map((sae) => sae.dSae * sae.dIn * sum(below(sae).map(({ dSae }) => dSae))));
  const wiring = settings.wiring > 0 ? 2 * connections : 0;
  const heads = nHeads * new Set(saes.map(({ layer }) => layer)).size;
  const circuits = 4 * heads * Math.min(settings.circuitTokens, vocabSize) * vocabSize * dHead;
  const logits = 2 * sum(sizes) * dModel * vocabSize;
  return logits + decoders + neighbours + wiring + circuits;
}

/** Of the forward passes of the studies of induction and of indirect objects, on a model that solves the latter. */
export function studyOperations(shape: RunShape): number {
  const { config, saes, contexts, length, settings } = shape;
  const most = (shape.budget ?? unlimited).study;
  const text = Math.min(textDesign.textContexts, contexts) * length;
  const { prefixes, examples, length: repeated } = design;
  const features = Array.from({ length: config.nLayers }, (_, layer) =>
    saes.some((sae) => sae.layer === layer) ? assumedL0 : undefined,
  );
  const tokens = {
    induction: prefixes * examples * repeated + text,
    ioi: promptTokens + mostPrompts * mostTailTokens(config, tailPositions, features),
    families: 0,
    training: 0,
  };
  const perToken = (2 * layerBytes(shape, config.nLayers)) / bytesPerNumber;
  return perToken * settings.studies.reduce((sum, name) => sum + Math.min(most, tokens[name]), 0);
}
