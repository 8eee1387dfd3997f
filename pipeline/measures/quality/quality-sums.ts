import type { Engine, OutputsOf } from '../../engine/program.ts';
import { type Moments, mergeMoments, newMoments } from '../../numbers/moments.ts';
import { type FloatTensor, float32, type IntTensor } from '../../numbers/tensor.ts';
import type { Sae } from '../../sae/sae.ts';
import { ablations } from './maths/quality.ts';
import { predictionLosses } from './prediction-losses.ts';
import type { Batch } from './quality-batches.ts';
import { ablationProgram, excludesTokens, type QualitySubject, reconstructionProgram } from './quality-programs.ts';

export interface QualityJob extends QualitySubject {
  readonly engine: Engine;
  readonly batches: readonly Batch[];
}

/** Parts that the contexts are put in, at most, each of neighbouring ones: what intervals are drawn from. */
const mostUnits = 256;

/** What an SAE did to one unit of contexts. */
interface ReconstructionUnit {
  readonly moments: Moments;
  error: number;
}

/** What an SAE did to the counted tokens, summed. */
export interface Reconstruction extends ReconstructionUnit {
  /** The same by unit of contexts. */
  readonly units: readonly ReconstructionUnit[];
  active: number;
  /** Σ‖x̂‖², Σ x·x̂, Σ x·x̂/(‖x‖·‖x̂‖), Σ‖x̂‖/‖x‖ */
  readonly shape: Record<(typeof shapeSums)[number], number>;
  /** Σ of contexts' mean z [nHeads·dHead], where the SAE reads something else. */
  readonly meansZ: Float64Array;
  /** Each feature's largest activation. */
  readonly peak: Float32Array;
}

const shapeSums = ['size', 'product', 'cosine', 'ratio'] as const;

type Update = (tokens: number) => void;

const unitCount = (batches: readonly Batch[]) => Math.min(mostUnits, contextCount(batches));
const contextCount = (batches: readonly Batch[]) => batches.reduce((sum, { count }) => sum + count, 0);

const newReconstruction = ({ dIn, dSae }: Sae, units: number, dZ: number): Reconstruction => ({
  moments: newMoments(dIn),
  error: 0,
  units: Array.from({ length: units }, () => ({ moments: newMoments(dIn), error: 0 })),
  active: 0,
  shape: { size: 0, product: 0, cosine: 0, ratio: 0 },
  meansZ: new Float64Array(dZ),
  peak: new Float32Array(dSae),
});

/** Sums each SAE's reconstruction over the batches. */
export async function measureReconstructions(job: QualityJob, update: Update): Promise<Reconstruction[]> {
  const measure = await job.engine.compile(reconstructionProgram(job));
  const counted = job.context - 1;
  const contexts = contextCount(job.batches);
  const { nHeads, dHead } = job.model.config;
  const sums = job.saes.map((sae) => newReconstruction(sae, unitCount(job.batches), nHeads * dHead));
  let done = 0;
  for (const { tokens, count } of job.batches) {
    const counts = countsOf(job.saes, tokens);
    const outputs = await measure({ tokens, counts });
    job.saes.forEach((sae, i) => {
      const sum = sums[i];
      const own = contextCounts(counts[sae.id], count, job.context, 1);
      if (sum) addBatch(sum, { sae, outputs, counts: own, first: done / counted, contexts });
    });
    done += count * counted;
    update(done);
  }
  await measure.dispose();
  return sums;
}

/** Whether each token counts, 1 or 0: [batch, context] by the id of each SAE that was not trained on some. */
function countsOf(saes: readonly Sae[], { data, shape }: IntTensor): Record<string, FloatTensor> {
  const own = ({ excludedTokens }: Sae) => Float32Array.from(data, (token) => (excludedTokens?.has(token) ? 0 : 1));
  return Object.fromEntries(saes.filter(excludesTokens).map((sae) => [sae.id, float32(shape, own(sae))]));
}

/** Tokens that count of each context that is no padding: of all but the first, or (`from` 0) of all but the last. */
function contextCounts(counts: FloatTensor | undefined, contexts: number, context: number, from: 0 | 1): number[] {
  const whole = context - 1;
  return Array.from({ length: contexts }, (_, i) => {
    const start = i * context + from;
    return counts ? counts.data.subarray(start, start + whole).reduce((sum, own) => sum + own, 0) : whole;
  });
}

interface BatchSums {
  readonly sae: Sae;
  readonly outputs: OutputsOf<typeof reconstructionProgram>;
  /** Tokens that count, of each context that is no padding. */
  readonly counts: readonly number[];
  /** Number of the batch's first context among all. */
  readonly first: number;
  readonly contexts: number;
}

function addBatch(sum: Reconstruction, { sae, outputs, counts, first, contexts }: BatchSums): void {
  const { mean, spread, error, active, peak, ...rest } = outputs.saes[sae.id];
  for (const [context, count] of counts.entries()) {
    const row = mean.data.subarray(context * sae.dIn, (context + 1) * sae.dIn);
    const unit = sum.units[Math.floor(((first + context) * sum.units.length) / contexts)];
    for (const part of unit ? [sum, unit] : [sum]) {
      if (count > 0) mergeMoments(part.moments, { count, mean: row, spread: spread.data[context] });
      part.error += error.data[context];
    }
    sum.active += active.data[context];
    for (const name of shapeSums) sum.shape[name] += rest[name].data[context];
  }
  if (sae.site !== 'z') {
    const dZ = sum.meansZ.length;
    const meanZ = outputs.meanZ[sae.id].data.subarray(0, counts.length * dZ);
    for (const [i, value] of meanZ.entries()) sum.meansZ[i % dZ] += value;
  }
  // Padding repeats a real context, so it changes no maximum.
  peak.data.forEach((activation, feature) => {
    sum.peak[feature] = Math.max(sum.peak[feature], activation);
  });
}

/** Of one SAE, over the tokens that count for it. */
export interface LossSums {
  /** Tokens that predict, by unit of contexts. */
  readonly tokens: readonly number[];
  /** Σ of next-token cross-entropies by unit of contexts: of the clean model, then by `ablations`. */
  readonly losses: readonly (readonly number[])[];
  /** Σ of KL divergences of the next token from the clean model's, by `ablations`. */
  readonly divergences: readonly number[];
}

interface Losses extends LossSums {
  readonly tokens: number[];
  readonly losses: readonly number[][];
  readonly divergences: number[];
}

const newLosses = (units: number): Losses => {
  const zeros = () => Array<number>(units).fill(0);
  return { tokens: zeros(), losses: [zeros(), ...ablations.map(zeros)], divergences: ablations.map(() => 0) };
};

export async function measureLosses(
  job: QualityJob,
  meanX: readonly Float64Array[],
  update: Update,
): Promise<LossSums[]> {
  // The unembedding's weights are packed before those of the layers take their room.
  const predictions = await predictionLosses(job.engine, job);
  const run = await job.engine.compile(ablationProgram(job));
  const means = Object.fromEntries(job.saes.map(({ id, dIn }, i) => [id, float32([dIn], Float32Array.from(meanX[i]))]));
  const contexts = contextCount(job.batches);
  const units = unitCount(job.batches);
  const sums = job.saes.map(() => newLosses(units));
  let first = 0;
  for (const { tokens, count } of job.batches) {
    const counts = countsOf(job.saes, tokens);
    const { streams } = await run({ tokens, means, counts });
    const { losses, divergences } = await predictions.of(streams, tokens);
    const unitOf = (context: number) => Math.floor(((first + context) * units) / contexts);
    for (const [i, sae] of job.saes.entries()) {
      const own = counts[sae.id];
      const add = (to: number[], values: readonly number[]) => {
        for (const [context, value] of values.entries()) to[unitOf(context)] += value;
      };
      add(sums[i].tokens, contextCounts(own, count, job.context, 0));
      add(sums[i].losses[0], contextSums(rowsOf(losses, 0, job.batch), count, own));
      for (const a of ablations.keys()) {
        const variant = i * ablations.length + a;
        add(sums[i].losses[1 + a], contextSums(rowsOf(losses, 1 + variant, job.batch), count, own));
        const far = contextSums(rowsOf(divergences, variant, job.batch), count, own);
        sums[i].divergences[a] += far.reduce((sum, value) => sum + value, 0);
      }
    }
    first += count;
    update(first * (job.context - 1));
  }
  await run.dispose();
  await predictions.dispose();
  return sums;
}

/** A variant's rows of [variant·batch, position], without a copy. */
function rowsOf({ data, shape: [, width] }: FloatTensor, variant: number, batch: number): FloatTensor {
  return float32([batch, width], data.subarray(variant * batch * width, (variant + 1) * batch * width));
}

/** Σ of each context's row [context, position], those of padding and tokens that do not count left out. */
function contextSums({ data, shape: [, width] }: FloatTensor, contexts: number, counts?: FloatTensor): number[] {
  return Array.from({ length: contexts }, (_, context) =>
    data
      .subarray(context * width, (context + 1) * width)
      .reduce((sum, value, t) => sum + (counts ? counts.data[context * (width + 1) + t] * value : value), 0),
  );
}
