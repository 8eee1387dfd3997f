import * as tf from '@tensorflow/tfjs-core';
import { type Engine, floatSpec, program } from '../../engine/program.ts';
import { addInto } from '../../numbers/add-into.ts';
import { float32 } from '../../numbers/tensor.ts';
import { encode, preActivations, reconstruct, type Sae, saeTensors, saeWeights } from '../../sae/sae.ts';
import { kthLargest } from './quick-select.ts';
import { sampleQuantile } from './select.ts';

/** Activations of tokens that were not trained on. */
export interface HeldOutOptions {
  /** Tokens of a piece, and of all. */
  readonly batch: number;
  readonly tokens: number;
  /** All of them, x [batch, dIn] a piece. */
  heldOut(): Iterable<Float32Array>;
}

/** A first guess of the threshold keeps this many times the activations wanted. */
const SPARE = 3;

/** How many activations of all held-out tokens an L0 leaves, as nearly as it can be: one at the least. */
export const activationsOf = (targetL0: number, tokens: number): number => Math.max(1, Math.round(targetL0 * tokens));

/**
 * How much higher the thresholds must be for L0 to be `targetL0` on held-out tokens: midway between the margins of the
 * last activation to stay and the first to go, targetL0 a token over all tokens. A margin is a pre-activation less its
 * threshold: θ of JumpReLU, 0 of ReLU. Throws Error where margins are not finite.
 */
export async function thresholdShift(
  engine: Engine,
  sae: Sae,
  targetL0: number,
  { batch, tokens, heldOut }: HeldOutOptions,
): Promise<number> {
  const margins = await engine.compile(marginProgram(sae, batch));
  const wanted = activationsOf(targetL0, tokens);
  for (let spare = SPARE; ; spare *= 2) {
    const share = Math.min(1, (spare * targetL0) / sae.dSae);
    const kept: Float32Array[] = [];
    let bound = Number.NEGATIVE_INFINITY;
    for (const x of heldOut()) {
      const { data: values } = (await margins({ x: float32([batch, sae.dIn], x) })).margins;
      const least = share === 1 ? Number.NEGATIVE_INFINITY : sampleQuantile(values, share);
      kept.push(values.filter((value) => value > least));
      bound = Math.max(bound, least);
    }
    const all = joined(kept);
    const [last, next] = [wanted, Math.min(wanted + 1, all.length)].map((k) => kthLargest(all, k));
    if (last !== undefined && next > bound && (all.length > wanted || share === 1)) {
      await margins.dispose();
      return (last + next) / 2;
    }
    if (share === 1) throw new Error(`no thresholds leave ${wanted} activations: ${all.length} margins are finite`);
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** x → what each pre-activation is above its threshold: θ of JumpReLU, 0 of ReLU. */
function marginProgram(sae: Sae, batch: number) {
  return program({
    name: 'margins of features',
    inputs: { x: floatSpec(batch, sae.dIn) },
    outputs: { margins: floatSpec(batch, sae.dSae) },
    weights: saeWeights(sae),
    body({ x }, weights) {
      const tensors = saeTensors(sae, weights);
      const pre = preActivations(sae, tensors, x);
      return { margins: tensors.threshold ? tf.sub(pre, tensors.threshold) : pre };
    },
  });
}

/** How an SAE does on held-out tokens. */
export interface HeldOutFigures {
  /** Mean number of active features of a token. */
  readonly l0: number;
  /** 1 − Σ‖x − x̂‖² / Σ‖x − mean x‖² */
  readonly explainedVariance: number;
}

export async function measureHeldOut(
  engine: Engine,
  sae: Sae,
  { batch, heldOut }: HeldOutOptions,
): Promise<HeldOutFigures> {
  const measure = await engine.compile(heldOutProgram(sae, batch));
  const sums = { active: 0, error: 0, squares: 0 };
  const total = new Float64Array(sae.dIn);
  let tokens = 0;
  for (const x of heldOut()) {
    const { active, error, squares, sum } = await measure({ x: float32([batch, sae.dIn], x) });
    sums.active += active.data[0];
    sums.error += error.data[0];
    sums.squares += squares.data[0];
    addInto(total, sum.data);
    tokens += batch;
  }
  await measure.dispose();
  const ofMean = total.reduce((sum, value) => sum + value ** 2, 0) / tokens;
  return { l0: sums.active / tokens, explainedVariance: 1 - sums.error / (sums.squares - ofMean) };
}

/** x → active features; ‖x − x̂‖²; of x − bDec, whose mean is near 0, the squared norm and the sum: over all tokens. */
function heldOutProgram(sae: Sae, batch: number) {
  return program({
    name: 'figures of held-out tokens',
    inputs: { x: floatSpec(batch, sae.dIn) },
    outputs: { active: floatSpec(), error: floatSpec(), squares: floatSpec(), sum: floatSpec(sae.dIn) },
    weights: saeWeights(sae),
    body({ x }, weights) {
      const tensors = saeTensors(sae, weights);
      const f = encode(sae, tensors, x);
      const centred = tf.sub(x, tensors.bDec);
      return {
        active: tf.sum(tf.sign(f)),
        error: tf.sum(tf.square(tf.sub(x, reconstruct(sae, tensors, f, x)))),
        squares: tf.sum(tf.square(centred)),
        sum: tf.sum(centred, 0),
      };
    },
  });
}
