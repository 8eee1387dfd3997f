import type { Engine } from '../../engine/program.ts';
import type { ModelConfig } from '../../model/model.ts';
import { type FloatTensor, float32, type IntTensor, int32 } from '../../numbers/tensor.ts';
import { cachedPredictions, fittingBatch } from '../../record/fitting-batch.ts';
import { ablations } from './maths/quality.ts';
import { lossProgram, type QualitySubject, variantCount, variantsOfSae } from './quality-programs.ts';

/** What is lost of a pass's predictions: at every position but the last of each context, in nats. */
interface PassLosses {
  /** [variant·batch, context − 1] */
  readonly losses: FloatTensor;
  /** [(variant − 1)·batch, context − 1] */
  readonly divergences: FloatTensor;
}

interface PassShape {
  readonly config: Pick<ModelConfig, 'vocabSize'>;
  /** Contexts of a pass, and tokens of a context. */
  readonly batch: number;
  readonly context: number;
}

/** Predictions whose logits, the clean model's and those of an SAE's ablations, one run holds together. */
export function predictionsTogether(
  { config: { vocabSize }, batch, context }: PassShape,
  { sharesMemory }: Pick<Engine, 'sharesMemory'>,
): number {
  const fitting = fittingBatch(batch * (context - 1), variantsOfSae * vocabSize);
  return sharesMemory ? cachedPredictions(fitting, variantsOfSae, vocabSize) : fitting;
}

/** Streams of some predictions, by variant of one SAE, the clean one first, and the tokens that come next. */
interface Predictions {
  /** [variant, prediction, dModel] */
  readonly streams: FloatTensor;
  /** [prediction] */
  readonly next: IntTensor;
}

/**
 * Unembeds a pass's streams some predictions at a time: logits of a large vocabulary take more than all else of a pass,
 * and their program more than a layer. Each SAE is compared with the clean model by itself, so that no digit of its numbers
 * depends on which others are measured.
 */
export async function predictionLosses(engine: Engine, subject: QualitySubject) {
  const { saes, batch, context, model } = subject;
  const variants = variantCount(saes);
  const together = predictionsTogether({ config: model.config, batch, context }, engine);
  const run = await engine.compile(lossProgram(subject, together));
  const part: Predictions = {
    streams: float32([variantsOfSae, together, model.config.dModel]),
    next: int32([together]),
  };
  const all = batch * (context - 1);
  return {
    /** Of streams [variant·batch, context, dModel] of tokens [batch, context]. */
    async of(streams: FloatTensor, tokens: IntTensor): Promise<PassLosses> {
      const losses = float32([variants * batch, context - 1]);
      const divergences = float32([(variants - 1) * batch, context - 1]);
      for (let first = 0; first < all; first += together) {
        const count = Math.min(together, all - first);
        for (const sae of saes.keys()) {
          const own = ablations.map((_, i) => sae * ablations.length + i);
          const ofSae = [0, ...own.map((ablation) => 1 + ablation)];
          for (let i = 0; i < count; i++) takePrediction(part, i, { streams, tokens, variants: ofSae }, first + i);
          const found = await run({ ...part });
          putByVariant(found.losses, losses, ofSae, { first, count, all });
          putByVariant(found.divergences, divergences, own, { first, count, all });
        }
      }
      return { losses, divergences };
    },
    dispose: () => run.dispose(),
  };
}

interface Pass {
  readonly streams: FloatTensor;
  readonly tokens: IntTensor;
  /** Those of its variants that are taken. */
  readonly variants: readonly number[];
}

/** Copies a pass's prediction to place `to`. */
function takePrediction({ streams: into, next }: Predictions, to: number, pass: Pass, prediction: number): void {
  const [, together, dModel] = into.shape;
  const { shape, data: tokens } = pass.tokens;
  const context = shape[1];
  const place = Math.floor(prediction / (context - 1)) * context + (prediction % (context - 1));
  next.data[to] = tokens[place + 1];
  for (const [i, variant] of pass.variants.entries()) {
    const from = (variant * tokens.length + place) * dModel;
    into.data.set(pass.streams.data.subarray(from, from + dModel), (i * together + to) * dModel);
  }
}

/** Of all predictions of a pass, `count` from `first` on. */
interface Range {
  readonly first: number;
  readonly count: number;
  readonly all: number;
}

/** Copies values [variant, prediction] to where those of the pass's variants are in `whole`. */
function putByVariant(
  { data, shape: [, together] }: FloatTensor,
  whole: FloatTensor,
  variants: readonly number[],
  { first, count, all }: Range,
): void {
  for (const [i, variant] of variants.entries())
    whole.data.set(data.subarray(i * together, i * together + count), variant * all + first);
}
