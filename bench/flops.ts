import { type Shape, tokensOf } from './shape.ts';

/** Floating-point operations of the pipeline's matrix products, by stage. */
export interface Flops {
  readonly forward: number;
  readonly encode: number;
  readonly attribution: number;
  readonly logitEffects: number;
  readonly total: number;
}

/**
 * Floating-point operations that the task itself needs, two for each multiplication of a matrix product (D = dModel,
 * T = length): a token 24·D² + 4·T·D for each layer before the last (projections, MLP of width 4·D, q·kᵀ and A·v),
 * 6·D² + 4·T·D in the last, whose W_O and MLP no one needs, and 2·D·dSae to encode; an attributed example 2·T·D; a
 * feature 2·D² + 2·D·vocabSize for its logit effects. Elementwise work and examples that fall out again count nothing.
 */
export function pipelineFlops(shape: Shape, attributedExamples: number): Flops {
  const { nLayers, dModel, dSae, length, vocabSize } = shape;
  const tokens = tokensOf(shape);
  const attention = 4 * length * dModel;
  const forward = tokens * ((nLayers - 1) * (24 * dModel ** 2 + attention) + 6 * dModel ** 2 + attention);
  const encode = tokens * 2 * dModel * dSae;
  const attribution = attributedExamples * 2 * length * dModel;
  const logitEffects = dSae * (2 * dModel ** 2 + 2 * dModel * vocabSize);
  return { forward, encode, attribution, logitEffects, total: forward + encode + attribution + logitEffects };
}
