import type { Engine } from '../../engine/program.ts';
import type { ModelConfig } from '../../model/model.ts';
import { type FloatTensor, float32, type IntTensor, int32 } from '../../numbers/tensor.ts';
import { cachedPredictions, fittingBatch } from '../../record/fitting-batch.ts';
import { lossProgram, type QualitySubject, variantCount } from './quality-programs.ts';

/** What is lost of a pass's predictions: at every position but the last of each context, in nats. */
interface PassLosses {
  /** [variant·batch, context − 1] */
  readonly losses: FloatTensor;
  /** [(variant − 1)·batch, context − 1] */
  readonly divergences: FloatTensor;
}

interface PassShape {
  readonly config: Pick<ModelConfig, 'vocabSize'>;
  readonly saes: readonly unknown[];
  /** Contexts of a pass, and tokens of a context. */
  readonly batch: number;
  readonly context: number;
}

/** Predictions whose logits, by all variants, one run holds together. */
export function predictionsTogether(
  { config: { vocabSize }, saes, batch, context }: PassShape,
  { sharesMemory }: Pick<Engine, 'sharesMemory'>,
): number {
  const variants = variantCount(saes);
  const fitting = fittingBatch(batch * (context - 1), variants * vocabSize);
  return sharesMemory ? cachedPredictions(fitting, variants, vocabSize) : fitting;
}

/** Streams of some predictions, by variant, and the tokens that come next. */
interface Predictions {
  /** [variant, prediction, dModel] */
  readonly streams: FloatTensor;
  /** [prediction] */
  readonly next: IntTensor;
}

/**
 * Unembeds a pass's streams some predictions at a time: logits of a large vocabulary take more than all else of a pass,
 * and their program more than a layer.
 */
export async function predictionLosses(engine: Engine, subject: QualitySubject) {
  const { saes, batch, context, model } = subject;
  const variants = variantCount(saes);
  const together = predictionsTogether({ ...subject, config: model.config }, engine);
  const run = await engine.compile(lossProgram(subject, together));
  const part: Predictions = {
    streams: float32([variants, together, model.config.dModel]),
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
        for (let i = 0; i < count; i++) takePrediction(part, i, { streams, tokens }, first + i);
        const found = await run({ ...part });
        putByVariant(found.losses, losses, first, count);
        putByVariant(found.divergences, divergences, first, count);
      }
      return { losses, divergences };
    },
    dispose: () => run.dispose(),
  };
}

interface Pass {
  readonly streams: FloatTensor;
  readonly tokens: IntTensor;
}

/** Copies a pass's prediction to place `to`. */
function takePrediction({ streams: into, next }: Predictions, to: number, pass: Pass, prediction: number): void {
  const [variants, together, dModel] = into.shape;
  const { shape, data: tokens } = pass.tokens;
  const context = shape[1];
  const place = Math.floor(prediction / (context - 1)) * context + (prediction % (context - 1));
  next.data[to] = tokens[place + 1];
  for (let variant = 0; variant < variants; variant++) {
    const from = (variant * tokens.length + place) * dModel;
    into.data.set(pass.streams.data.subarray(from, from + dModel), (variant * together + to) * dModel);
  }
}

/** Copies the first `count` of each variant's values [variant, prediction] to where its predictions from `first` on are. */
function putByVariant({ data, shape }: FloatTensor, whole: FloatTensor, first: number, count: number): void {
  const [variants, together] = shape;
  const all = whole.data.length / variants;
  for (let variant = 0; variant < variants; variant++)
    whole.data.set(data.subarray(variant * together, variant * together + count), variant * all + first);
}
