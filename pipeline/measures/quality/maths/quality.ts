import * as tf from '@tensorflow/tfjs-core';
import { ofTokens, runLayers, type Transformer } from '../../../model/transformer.ts';
import { encode, reconstruct, type Sae, saeTensors } from '../../../sae/sae.ts';
import { siteInput, siteOutput } from '../../../sae/site.ts';

/** What one batch of contexts adds to an SAE's quality, position 0 (the beginning of the sequence) left out. */
export interface ReconstructionSums {
  /** Mean x of each context [batch, dIn] */
  readonly mean: tf.Tensor;
  /** Σ‖x − mean‖² of each context [batch] */
  readonly spread: tf.Tensor;
  /** Σ‖x − x̂‖² of each context [batch] */
  readonly error: tf.Tensor;
  /** Σ‖x̂‖² of each context [batch] */
  readonly size: tf.Tensor;
  /** Σ x·x̂ of each context [batch] */
  readonly product: tf.Tensor;
  /** Σ x·x̂/(‖x‖·‖x̂‖) of each context [batch] */
  readonly cosine: tf.Tensor;
  /** Σ‖x̂‖/‖x‖ of each context [batch] */
  readonly ratio: tf.Tensor;
  /** Σ‖f‖₀ of each context [batch] */
  readonly active: tf.Tensor;
  /** Each feature's largest activation in the batch [dSae] */
  readonly peak: tf.Tensor;
}

/** A norm counts as no less, so that a zero vector has a cosine of 0. Source: PyTorch, cosine_similarity. */
const LEAST_NORM = 1e-8;

/** Mean over all positions of each context but the first: x [batch, position, dIn] → [batch, dIn]. */
export const contextMeans = (x: tf.Tensor): tf.Tensor => tf.mean(afterFirst(x), 1);

const afterFirst = (x: tf.Tensor) => tf.slice(x, [0, 1, 0], [-1, (x.shape[1] ?? 1) - 1, -1]);

/**
 * Sums over the tokens of x [batch, position, dIn], what the SAE reads; a row a context, so that padding can be left out
 * afterwards. Of `counts` [batch, position], 1 where a token counts and 0 where not; all do where there is none.
 */
export function reconstructionSums(
  sae: Sae,
  weights: tf.NamedTensorMap,
  x: tf.Tensor,
  counts?: tf.Tensor,
): ReconstructionSums {
  const [batch = 1, length = 1, dIn = 1] = x.shape;
  const counted = afterFirst(x);
  const rows = counts && afterFirst(tf.expandDims(counts, 2));
  const mean = rows ? meanOf(counted, rows) : tf.mean(counted, 1, true);
  /** y [batch·(length − 1), …] with 0 at tokens that do not count. */
  const kept = (y: tf.Tensor) =>
    rows ? tf.mul(y, tf.reshape(rows, [batch * (length - 1), ...y.shape.slice(1).map(() => 1)])) : y;
  const flat = tf.reshape(counted, [batch * (length - 1), dIn]);
  const tensors = saeTensors(sae, weights);
  const f = encode(sae, tensors, flat);
  const byContext = (y: tf.Tensor) => tf.sum(tf.reshape(kept(y), [batch, -1]), 1);
  const squares = (y: tf.Tensor) => byContext(tf.square(y));
  const rebuilt = reconstruct(sae, tensors, f, flat);
  const norm = (y: tf.Tensor) => tf.maximum(tf.sqrt(tf.sum(tf.square(y), 1)), LEAST_NORM);
  const product = tf.sum(tf.mul(flat, rebuilt), 1);
  return {
    mean: tf.reshape(mean, [batch, dIn]),
    spread: squares(tf.reshape(tf.sub(counted, mean), [batch * (length - 1), dIn])),
    error: squares(tf.sub(flat, rebuilt)),
    size: squares(rebuilt),
    product: byContext(product),
    cosine: byContext(tf.div(product, tf.mul(norm(flat), norm(rebuilt)))),
    ratio: byContext(tf.div(norm(rebuilt), norm(flat))),
    active: byContext(tf.cast(tf.greater(f, 0), 'float32')),
    peak: tf.max(kept(f), 0),
  };
}

/** Mean of x [batch, position, dIn] over the tokens that count, rows [batch, position, 1]; 0 of a context without any. */
function meanOf(x: tf.Tensor, rows: tf.Tensor): tf.Tensor {
  return tf.div(tf.sum(tf.mul(x, rows), 1, true), tf.maximum(tf.sum(rows, 1, true), 1));
}

/** What stands in for x, z or the attention output, at every token that counts: the SAE's x̂, zero, or the mean x. */
export const ablations = ['sae', 'zero', 'mean'] as const;
export type Ablation = (typeof ablations)[number];

/**
 * Final residual streams, one below the other on the batch axis: [(1 + 3·saes)·batch, position, dModel].
 * First the clean one, then for each SAE, given by ascending layer, those of `ablations`. Each runs only from its own layer on.
 * tokens [batch, position]; means [dIn] by the SAE's id; counts [batch, position] of SAEs for which some tokens do not count:
 * x stays as it is there.
 */
export function ablatedResiduals(
  transformer: Transformer,
  weights: tf.NamedTensorMap,
  saes: readonly Sae[],
  tokens: tf.Tensor,
  means: ReadonlyMap<string, tf.Tensor>,
  counts: ReadonlyMap<string, tf.Tensor> = new Map(),
): tf.Tensor {
  const batch = tokens.shape[0];
  const first = (x: tf.Tensor) => tf.slice(x, [0, 0, 0], [batch, -1, -1]);
  return runLayers(transformer, transformer.embed(tokens), {
    edit({ layer, residual, z }) {
      const own = saes.filter((sae) => sae.layer === layer);
      if (own.length === 0) return { residual, z };
      const bound = transformer.layer(layer);
      const attention = own.flatMap((sae) => {
        const x = siteInput(bound, sae.site, first(z));
        const replaced = replacements(sae, weights, x, means.get(sae.id));
        const rows = counts.get(sae.id);
        const where = (y: tf.Tensor) => (rows ? tf.add(x, tf.mul(tf.sub(y, x), tf.expandDims(rows, 2))) : y);
        return ablations.map((ablation) => siteOutput(bound, sae.site, where(replaced[ablation])));
      });
      return {
        residual: tf.concat([residual, ...attention.map(() => first(residual))], 0),
        z,
        attention: tf.concat([bound.attentionOutput(z), ...attention], 0),
      };
    },
  });
}

function replacements(
  sae: Sae,
  weights: tf.NamedTensorMap,
  x: tf.Tensor,
  mean?: tf.Tensor,
): Record<Ablation, tf.Tensor> {
  if (!mean) throw new Error(`the mean of what ${sae.id} reads is missing`);
  const tensors = saeTensors(sae, weights);
  const flat = tf.reshape(x, [-1, sae.dIn]);
  const reconstruction = reconstruct(sae, tensors, encode(sae, tensors, flat), flat);
  const zero = tf.zerosLike(x);
  return { sae: tf.reshape(reconstruction, x.shape), zero, mean: tf.add(zero, mean) };
}

/** What is lost of a model's predictions, in nats. */
export interface VariantLosses {
  /** Cross-entropies of the next token: [variant, prediction]. */
  readonly losses: tf.Tensor;
  /** KL(p‖q) of the next token, p being what the clean stream predicts and q what another does: [variant − 1, prediction]. */
  readonly divergences: tf.Tensor;
}

/**
 * Of final residual streams [variant, prediction, dModel], the clean one first, and the tokens that come next, int32
 * [prediction]. One product unembeds all of them: for each that reads the weights, ONNX Runtime packs these anew when it
 * makes the program.
 */
export function variantLosses(transformer: Transformer, streams: tf.Tensor, next: tf.Tensor): VariantLosses {
  const [variants = 1] = streams.shape;
  const logs = tf.logSoftmax(transformer.unembed(streams));
  const of = (variant: number) => tf.slice(logs, [variant, 0, 0], [1, -1, -1]);
  const clean = of(0);
  const probabilities = tf.exp(clean);
  const divergences = Array.from({ length: variants - 1 }, (_, i) =>
    tf.sum(tf.mul(probabilities, tf.sub(clean, of(i + 1))), -1),
  );
  const tokens = tf.tile(tf.expandDims(next, 0), [variants, 1]);
  return { losses: tf.neg(ofTokens(logs, tokens)), divergences: tf.concat(divergences, 0) };
}
