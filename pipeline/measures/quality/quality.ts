import type { Effects } from '../../effects.ts';
import type { Engine } from '../../engine/program.ts';
import type { Model, ModelConfig } from '../../model/model.ts';
import { cachedBatch, fittingBatch } from '../../record/fitting-batch.ts';
import type { Sample } from '../../record/sample.ts';
import type { Sae } from '../../sae/sae.ts';
import type { Site } from '../../sae/site.ts';
import {
  compareDecoders,
  type DecoderSimilarity,
  type NearestDecoders,
  type WantedNearest,
} from './decoder-similarity.ts';
import { type Ablation, ablations } from './maths/quality.ts';
import { predictionsTogether } from './prediction-losses.ts';
import { batchesOf } from './quality-batches.ts';
import { type QualityIntervals, qualityIntervals } from './quality-intervals.ts';
import { variantCount } from './quality-programs.ts';
import { type LossSums, measureLosses, measureReconstructions, type Reconstruction } from './quality-sums.ts';

/** How well an SAE stands in for what it reads, x: its layer's z, or the attention output; cross-entropies in nats. */
export interface SaeQuality extends DecoderSimilarity {
  readonly sae: string;
  readonly layer: number;
  readonly site: Site;
  /** Tokens counted, the beginning-of-sequence ones and those it was not trained on left out, and the contexts that they are of. */
  readonly tokens: number;
  readonly contexts: number;
  /** Mean number of active features a token. */
  readonly l0: number;
  /** 1 − Σ‖x − x̂‖²/Σ‖x − x̄‖² */
  readonly explainedVariance: number;
  /** Mean of x·x̂/(‖x‖·‖x̂‖) */
  readonly cossim: number;
  /** Mean of ‖x̂‖/‖x‖ */
  readonly l2Ratio: number;
  /** Σ‖x̂‖²/Σ x·x̂: below 1 where x̂ is too short. */
  readonly relativeReconstructionBias: number;
  readonly ceClean: number;
  readonly ceSae: number;
  readonly ceZero: number;
  readonly ceMean: number;
  /** (ceZero − ceSae)/(ceZero − ceClean) */
  readonly lossRecovered: number;
  /** (ceMean − ceSae)/(ceMean − ceClean) */
  readonly lossRecoveredMean: number;
  /** Mean KL divergence of the next token from the clean model's, in nats. */
  readonly klSae: number;
  readonly klZero: number;
  readonly klMean: number;
  /** (klZero − klSae)/klZero */
  readonly klScore: number;
  /** (klMean − klSae)/klMean */
  readonly klScoreMean: number;
  /** Features that were active on no counted token. */
  readonly deadFeatures: number;
  /** 95 % intervals over contexts; absent where there is one context. */
  readonly intervals?: QualityIntervals;
}

/** An SAE's quality, and what was measured for it on the way. */
export interface MeasuredSae extends SaeQuality {
  /** Mean z over the counted tokens [nHeads·dHead]. */
  readonly meanZ: Float32Array;
  /** What compareDecoders gives of the nearest features that were wanted. */
  readonly nearest: NearestDecoders;
}

export interface QualityOptions {
  readonly engine: Engine;
  readonly model: Model;
  readonly saes: readonly Sae[];
  /** Packed contexts, each with the beginning-of-sequence token first. */
  readonly sample: Sample;
  /** Bytes of SAEs' weights that one program holds beside the model's, 512 MiB unless given. */
  readonly groupBytes?: number;
  /** Contexts a forward pass at most, 16 unless given. */
  readonly batch?: number;
  /** Features whose nearest by decoder row are looked for on the way; of none unless given. */
  nearestOf?(sae: Sae): WantedNearest;
  readonly effects: Effects;
}

/**
 * Measures SAEs on packed contexts: L0 and explained variance without position 0; mean next-token cross-entropies and
 * divergences over positions 0…context−2 with x replaced at every position. Tokens that an SAE was not trained on are
 * left out of all of these, and x stays as it is there. Gives them in the order of the SAEs, which may be any.
 * Throws RangeError when there is no context. Source: Kissane et al. 2024, arXiv:2406.17759, section 3.
 */
export async function measureQuality(options: QualityOptions): Promise<MeasuredSae[]> {
  const { saes, sample } = options;
  const tokens = sample.size * (sample.length - 1);
  if (tokens === 0) throw new RangeError('no context to measure the quality of SAEs on');
  const groups = heldTogether(saes, options.groupBytes ?? mostGroupBytes);
  const progress = options.effects.progress('quality', 2 * tokens * groups.length, 'tokens');
  const measured = new Map<Sae, MeasuredSae>();
  for (const [i, group] of groups.entries()) {
    const report = (done: number) => progress.update(2 * tokens * i + done);
    const found = await measureGroup({ ...options, saes: group }, report);
    for (const [place, sae] of group.entries()) measured.set(sae, found[place]);
  }
  progress.end();
  return saes.flatMap((sae) => measured.get(sae) ?? []);
}

/** All of GPT-2 Small's twelve of 24,576 features are 1.8 GB; each group costs the clean forward pass anew. */
const mostGroupBytes = 2 ** 29;

type SaeSize = Pick<Sae, 'dIn' | 'dSae' | 'layer'>;

/** SAEs in the order of their layers, in which a pass meets them, as many together as a program may hold; at least one. */
function heldTogether<S extends SaeSize>(saes: readonly S[], mostBytes: number): S[][] {
  const groups: S[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const sae of saes.toSorted((a, b) => a.layer - b.layer)) {
    const own = 2 * 4 * sae.dIn * sae.dSae;
    bytes += own;
    const last = groups.at(-1);
    if (last && bytes <= mostBytes) last.push(sae);
    else {
      groups.push([sae]);
      bytes = own;
    }
  }
  return groups;
}

/** Contexts a pass, by the larger of patterns and the MLP's values; fewer where a cache is to hold them. */
function contextsTogether(
  { nHeads, dMlp }: ModelConfig,
  saes: readonly unknown[],
  { context, isCached, wanted = 16 }: { context: number; isCached: boolean; wanted?: number | undefined },
): number {
  const variants = variantCount(saes);
  const widest = Math.max(variants * nHeads * context ** 2, variants * context * dMlp);
  const fitting = fittingBatch(wanted, widest);
  return isCached ? cachedBatch(fitting, context, widest) : fitting;
}

/** How many SAEs the largest pass takes, of how many contexts, and how many predictions are unembedded at a time. */
export function largestPass(
  config: ModelConfig,
  saes: readonly SaeSize[],
  context: number,
  engine: Pick<Engine, 'sharesMemory'>,
) {
  const group = heldTogether(saes, mostGroupBytes).reduce((most, own) => (own.length > most.length ? own : most));
  const batch = contextsTogether(config, group, { context, isCached: engine.sharesMemory });
  return {
    saes: group.length,
    batch,
    predictions: predictionsTogether({ config, batch, context }, engine),
  };
}

async function measureGroup(options: QualityOptions, report: (tokens: number) => void): Promise<MeasuredSae[]> {
  const { engine, model, saes, sample } = options;
  const { length: context, size: contexts } = sample;
  const tokens = contexts * (context - 1);
  const { sharesMemory: isCached } = engine;
  const batch = contextsTogether(model.config, saes, { context, isCached, wanted: options.batch });
  const batches = batchesOf(sample, batch);
  const job = { engine, model, saes, batch, context, batches };
  const reconstructions = await measureReconstructions(job, report);
  const means = reconstructions.map(({ moments }) => moments.mean);
  const sums = await measureLosses(job, means, (done) => report(tokens + done));
  const measured: MeasuredSae[] = [];
  for (const [i, sae] of saes.entries()) {
    const decoders = await compareDecoders(engine, sae, options.nearestOf?.(sae));
    measured.push(qualityOf(sae, { whole: reconstructions[i], ...decoders, sums: sums[i], contexts }));
  }
  return measured;
}

interface Measured {
  readonly whole: Reconstruction;
  readonly similarity: DecoderSimilarity;
  readonly nearest: NearestDecoders;
  readonly sums: LossSums;
  readonly contexts: number;
}

function qualityOf(sae: Sae, { whole, similarity, nearest, sums, contexts }: Measured): MeasuredSae {
  const { moments, error, active, peak, shape } = whole;
  const tokens = moments.count;
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const predicting = total(sums.tokens);
  const of = (ablation: Ablation) => sums.losses[1 + ablations.indexOf(ablation)];
  const kl = (ablation: Ablation) => sums.divergences[ablations.indexOf(ablation)] / predicting;
  const units = { tokens: sums.tokens, clean: sums.losses[0], sae: of('sae'), zero: of('zero'), mean: of('mean') };
  const ce = (own: readonly number[]) => total(own) / predicting;
  const [ceClean, ceSae, ceZero, ceMean] = [ce(units.clean), ce(units.sae), ce(units.zero), ce(units.mean)];
  const intervals = qualityIntervals(whole, units);
  return {
    sae: sae.id,
    layer: sae.layer,
    site: sae.site,
    tokens,
    contexts,
    l0: active / tokens,
    explainedVariance: 1 - error / moments.spread,
    cossim: shape.cosine / tokens,
    l2Ratio: shape.ratio / tokens,
    relativeReconstructionBias: shape.size / shape.product,
    ...{ ceClean, ceSae, ceZero, ceMean },
    lossRecovered: (ceZero - ceSae) / (ceZero - ceClean),
    lossRecoveredMean: (ceMean - ceSae) / (ceMean - ceClean),
    klSae: kl('sae'),
    klZero: kl('zero'),
    klMean: kl('mean'),
    klScore: (kl('zero') - kl('sae')) / kl('zero'),
    klScoreMean: (kl('mean') - kl('sae')) / kl('mean'),
    deadFeatures: peak.filter((activation) => activation <= 0).length,
    ...similarity,
    nearest,
    ...(intervals ? { intervals } : {}),
    meanZ:
      sae.site === 'z' ? Float32Array.from(moments.mean) : Float32Array.from(whole.meansZ, (sum) => sum / contexts),
  };
}
