import type { Engine, OutputsOf } from '../../engine/program.ts';
import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import type { Sae } from '../../sae/sae.ts';
import { type Moments, mergeMoments, newMoments } from './moments.ts';
import type { Batch } from './quality-batches.ts';
import {
  ablationProgram,
  divergenceProgram,
  lossProgram,
  type QualitySubject,
  reconstructionProgram,
  variantCount,
} from './quality-programs.ts';

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

export const newReconstruction = ({ dIn, dSae }: Sae, units: number, dZ: number): Reconstruction => ({
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
    const outputs = await measure({ tokens });
    job.saes.forEach((sae, i) => {
      const sum = sums[i];
      if (sum) addBatch(sum, { sae, outputs, count, counted, first: done / counted, contexts });
    });
    done += count * counted;
    update(done);
  }
  await measure.dispose();
  return sums;
}

interface BatchSums {
  readonly sae: Sae;
  readonly outputs: OutputsOf<typeof reconstructionProgram>;
  /** Contexts that are no padding. */
  readonly count: number;
  /** Tokens of a context that count. */
  readonly counted: number;
  /** Number of the batch's first context among all. */
  readonly first: number;
  readonly contexts: number;
}

function addBatch(sum: Reconstruction, { sae, outputs, count, counted, first, contexts }: BatchSums): void {
  const { mean, spread, error, active, peak, ...rest } = outputs.saes[sae.id];
  for (let context = 0; context < count; context++) {
    const row = mean.data.subarray(context * sae.dIn, (context + 1) * sae.dIn);
    const unit = sum.units[Math.floor(((first + context) * sum.units.length) / contexts)];
    for (const part of unit ? [sum, unit] : [sum]) {
      mergeMoments(part.moments, { count: counted, mean: row, spread: spread.data[context] });
      part.error += error.data[context];
    }
    sum.active += active.data[context];
    for (const name of shapeSums) sum.shape[name] += rest[name].data[context];
  }
  if (sae.site !== 'z') {
    const dZ = sum.meansZ.length;
    const meanZ = outputs.meanZ[sae.id].data.subarray(0, count * dZ);
    for (const [i, value] of meanZ.entries()) sum.meansZ[i % dZ] += value;
  }
  // Padding repeats a real context, so it changes no maximum.
  peak.data.forEach((activation, feature) => {
    sum.peak[feature] = Math.max(sum.peak[feature], activation);
  });
}

/** Of the clean model, then each SAE by `ablations`. */
export interface LossSums {
  /** Σ of next-token cross-entropies by unit of contexts. */
  readonly losses: readonly number[][];
  /** Σ of KL divergences of the next token from the clean model's. */
  readonly divergences: readonly number[];
}

export async function measureLosses(
  job: QualityJob,
  meanX: readonly Float64Array[],
  update: Update,
): Promise<LossSums> {
  const forward = await job.engine.compile(ablationProgram(job));
  const unembed = await job.engine.compile(lossProgram(job));
  const diverge = await job.engine.compile(divergenceProgram(job));
  const means = Object.fromEntries(job.saes.map(({ id, dIn }, i) => [id, float32([dIn], Float32Array.from(meanX[i]))]));
  const contexts = contextCount(job.batches);
  const units = unitCount(job.batches);
  const counted = job.context - 1;
  const losses = Array.from({ length: variantCount(job.saes) }, () => Array<number>(units).fill(0));
  const divergences = losses.map(() => 0);
  let done = 0;
  for (const { tokens, count } of job.batches) {
    const { residual: all } = await forward({ tokens, means });
    const clean = variantOf(job, all, 0);
    for (const [variant, own] of losses.entries()) {
      const residual = variantOf(job, all, variant);
      const found = contextSums((await unembed({ residual, tokens })).losses, count);
      for (const [i, loss] of found.entries()) own[Math.floor(((done / counted + i) * units) / contexts)] += loss;
      if (variant === 0) continue;
      const far = contextSums((await diverge({ clean, residual })).divergences, count);
      divergences[variant] += far.reduce((sum, value) => sum + value, 0);
    }
    done += count * counted;
    update(done);
  }
  await Promise.all([forward.dispose(), unembed.dispose(), diverge.dispose()]);
  return { losses, divergences };
}

function variantOf({ batch, context, model }: QualityJob, residual: FloatTensor, variant: number): FloatTensor {
  const size = batch * context * model.config.dModel;
  const data = residual.data.subarray(variant * size, (variant + 1) * size);
  return float32([batch, context, model.config.dModel], data);
}

/** Σ of each context's row [context, position], those of padding left out. */
const contextSums = ({ data, shape: [, counted] }: FloatTensor, count: number): number[] =>
  Array.from({ length: count }, (_, context) =>
    data.subarray(context * counted, (context + 1) * counted).reduce((sum, value) => sum + value, 0),
  );
