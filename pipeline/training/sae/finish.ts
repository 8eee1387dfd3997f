import { join } from 'node:path';
import { writeJsonAtomic } from '../../disk/replace-file.ts';
import type { Engine } from '../../engine/program.ts';
import { listSaes, loadSae } from '../../sae/formats/sae-dir.ts';
import { type TrainingPoint, trainingCurveFile } from '../../sae/formats/training-curve.ts';
import type { Sae } from '../../sae/sae.ts';
import type { ActivationBlock } from './block.ts';
import {
  activationsOf,
  type HeldOutFigures,
  type HeldOutOptions,
  measureHeldOut,
  thresholdShift,
} from './calibrate.ts';
import { foldedSae, shifted } from './export.ts';
import { learningRateOf, shapeOf, type TrainJob } from './job.ts';
import type { SaeKind } from './kind-names.ts';
import type { Normalizer } from './normalizer.ts';
import { lowerRareThresholds } from './rare.ts';
import { saeFolder } from './sae-folder.ts';
import { writeSaeLens } from './sae-lens.ts';
import { heldOutBlock } from './source.ts';
import type { Trained } from './train-job.ts';
import type { SaeTraining } from './training.ts';

/** How a file's L0 may differ from the one asked for, on the tokens that it was calibrated on. */
const TOLERANCE = 0.02;

/** Rare features are looked for in at most this part of the tokens trained on: they take a tenth of the time. */
const RARE_PART = 1 / 8;

/** What training.json says of an SAE. */
export interface SaeSummary {
  /** Its folder in OUT. */
  readonly folder: string;
  readonly layer: number;
  readonly targetL0: number;
  /** On held-out tokens, as loaded from its file; so is explainedVariance. */
  readonly l0: number;
  readonly explainedVariance: number;
  readonly heldOutTokens: number;
  readonly scale: number;
}

interface Book {
  readonly modelName: string;
  readonly datasetPath: string;
}

/** Calibrates the trained SAEs on held-out tokens, writes them, and checks what can be read back. */
export async function finishSaes(job: TrainJob, trained: Trained, book: Book): Promise<SaeSummary[]> {
  const block = await heldOutBlock(job, trained.normalizers);
  const summaries: SaeSummary[] = [];
  for (const training of trained.trainings) {
    const normalizer = trained.normalizers[training.index];
    if (!normalizer) throw new RangeError(`no normalizer of layer ${training.layer}`);
    const heldOut = heldOutOf(job, training, normalizer, block);
    const summary = await finishSae(job, { training, trained, normalizer, heldOut }, book);
    await writeCurve(join(job.config.out, summary.folder), curveOf(training, trained));
    summaries.push(summary);
  }
  return summaries;
}

/** What of the training's curve is of one SAE. */
function curveOf({ layer, targetL0 }: SaeTraining, { curve }: Trained): TrainingPoint[] {
  const own = curve.filter((point) => point.layer === layer && point.targetL0 === targetL0);
  return own.map(({ layer: _layer, targetL0: _targetL0, ...point }) => point);
}

const writeCurve = (folder: string, curve: readonly TrainingPoint[]): Promise<void> =>
  writeJsonAtomic(join(folder, trainingCurveFile), { curve });

interface Finish {
  readonly training: SaeTraining;
  readonly trained: Trained;
  readonly normalizer: Normalizer;
  readonly heldOut: HeldOutOptions;
}

async function finishSae(job: TrainJob, finish: Finish, { modelName, datasetPath }: Book): Promise<SaeSummary> {
  const { config, context, engine, effects } = job;
  const { dtype, kind } = config;
  const { normalizer, heldOut } = finish;
  const { layer, targetL0 } = finish.training;
  const sae = await calibrated(job, finish);
  const folder = saeFolder(config, layer, targetL0);
  await writeSaeLens(sae, {
    ...{ dir: join(config.out, folder), dtype, modelName, context, datasetPath },
    training: { architecture: kind, details: detailsOf(job, targetL0) },
  });
  const { l0, explainedVariance } = await readBack(engine, join(config.out, folder), heldOut);
  if (!isAsAsked(l0, activationsOf(targetL0, heldOut.tokens) / heldOut.tokens, kind)) {
    throw new Error(`layer ${layer}: l0 is ${l0} as read from ${folder}, expected ${targetL0} within ${TOLERANCE}`);
  }
  const figures = `l0 ${l0.toFixed(2)}, explained variance ${explainedVariance.toFixed(3)}`;
  effects.log(`layer ${layer}: ${figures} on ${heldOut.tokens} held-out tokens (${folder})`);
  return { folder, layer, targetL0, l0, explainedVariance, heldOutTokens: heldOut.tokens, scale: normalizer.scale };
}

/**
 * Whether an L0 is near the one asked for. TopK, which is not calibrated, keeps fewer features of a token that has fewer
 * positive pre-activations.
 */
const isAsAsked = (l0: number, targetL0: number, kind: SaeKind): boolean =>
  l0 <= (1 + TOLERANCE) * targetL0 && (kind === 'topk' || l0 >= (1 - TOLERANCE) * targetL0);

/** The SAE with the thresholds at which a held-out token has as many active features as were asked for. */
async function calibrated(
  { config, engine, effects }: TrainJob,
  { training: { layer, targetL0, state, index }, trained: { encoder, blocks }, normalizer, heldOut }: Finish,
): Promise<Sae> {
  const { kind, site, dtype } = config;
  const folded = () => foldedSae(state, { layer, site, kind, k: Math.round(targetL0), normalizer, dtype });
  if (kind === 'topk') return folded();
  const shift = await thresholdShift(engine, folded(), targetL0, heldOut);
  if (kind === 'relu') return shifted(folded(), shift, dtype);
  const lowered = await lowerRareThresholds(state, {
    ...{ engine, encoder, blocks, index, threshold: shift * normalizer.scale },
    mostTokens: Math.floor(RARE_PART * config.tokens),
  });
  if (lowered === 0) return shifted(folded(), shift, dtype);
  effects.log(`layer ${layer}: ${lowered} features that are seldom active have lower thresholds than the others`);
  return shifted(folded(), await thresholdShift(engine, folded(), targetL0, heldOut), dtype);
}

async function readBack(engine: Engine, folder: string, heldOut: HeldOutOptions): Promise<HeldOutFigures> {
  const [source] = await listSaes(folder);
  if (!source) throw new Error(`no SAE in ${folder}, where one was written`);
  return measureHeldOut(engine, await loadSae(source), heldOut);
}

/** The held-out activations of a training's layer as the model gives them, the centring and scaling undone. */
function heldOutOf(
  job: TrainJob,
  { index }: SaeTraining,
  { mean, scale }: Normalizer,
  block: ActivationBlock,
): HeldOutOptions {
  const { dIn, batch: most } = shapeOf(job);
  const batch = Math.min(most, block.tokens);
  const pieces = Math.floor(block.tokens / batch);
  function* heldOut(): Generator<Float32Array> {
    for (let piece = 0; piece < pieces; piece++) {
      const x = new Float32Array(batch * dIn);
      block.read(
        index,
        Int32Array.from({ length: batch }, (_, i) => piece * batch + i),
        x,
        dIn,
      );
      yield x.map((value, i) => value / scale + mean[i % dIn]);
    }
  }
  return { batch, tokens: batch * pieces, heldOut };
}

function detailsOf(job: TrainJob, targetL0: number): Readonly<Record<string, unknown>> {
  const { tokens, epochs, batchTokens, seed, matryoshka } = job.config;
  const lr = learningRateOf(job);
  return { k: targetL0, tokens, epochs, batch_tokens: batchTokens, lr, seed, ...(matryoshka ? { matryoshka } : {}) };
}
