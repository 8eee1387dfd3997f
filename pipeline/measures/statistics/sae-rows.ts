import { processingName } from '../../record/choose-saes.ts';
import type { ContextFile } from '../../record/context-file.ts';
import type { LayerRecorder } from '../../record/layer-recorder.ts';
import type { SaeProcessing } from '../../sae/formats/sae-processing.ts';
import type { LayerSummary } from '../heads/heads.ts';
import { densityHistogram } from '../quality/maths/density-histogram.ts';
import type { MeasuredSae } from '../quality/quality.ts';
import type { QualityIntervals } from '../quality/quality-intervals.ts';
import type { NewSaeRow, NewZMeanRow } from '../quality/table.ts';

/** SAEs in a run's order, and what was measured of each. */
export interface MeasuredSaes {
  readonly contexts: Pick<ContextFile, 'count'>;
  readonly recorders: readonly Pick<LayerRecorder, 'sae'>[];
  readonly quality: readonly MeasuredSae[];
  /** By the SAE's id. */
  readonly processings: ReadonlyMap<string, SaeProcessing>;
}

/** The rows of `saes`: what was measured of each SAE, and what its features' counts say. */
export function saeRows(job: MeasuredSaes, summaries: readonly LayerSummary[]): NewSaeRow[] {
  const { contexts, recorders, quality, processings } = job;
  return recorders.map(({ sae }, i) => {
    const [measured, summary, processing] = [quality[i], summaries[i], processings.get(sae.id)];
    if (!measured || !summary || !processing) throw new Error(`no quality was measured of sae ${sae.id}`);
    const { tokens } = summary;
    return {
      layer: sae.layer,
      sae: sae.id,
      site: sae.site,
      d_in: sae.dIn,
      d_sae: sae.dSae,
      tokens,
      contexts: contexts.count,
      quality_tokens: measured.tokens,
      quality_contexts: measured.contexts,
      l0: summary.counts.reduce((sum, count) => sum + count, 0) / tokens,
      explained_variance: finiteOrNull(measured.explainedVariance),
      cossim: measured.cossim,
      l2_ratio: measured.l2Ratio,
      relative_reconstruction_bias: finiteOrNull(measured.relativeReconstructionBias),
      ce_clean: measured.ceClean,
      ce_sae: measured.ceSae,
      ce_zero: measured.ceZero,
      ce_mean: measured.ceMean,
      loss_recovered: finiteOrNull(measured.lossRecovered),
      kl_sae: measured.klSae,
      kl_zero: measured.klZero,
      kl_mean: measured.klMean,
      kl_score: finiteOrNull(measured.klScore),
      dead_features: summary.counts.filter((count) => count === 0).length,
      freq_over_1_percent: denseShare(summary.counts, 0.01 * tokens),
      freq_over_10_percent: denseShare(summary.counts, 0.1 * tokens),
      normalized_freq_over_1_percent: finiteOrNull(denseFirings(summary.counts, 0.01 * tokens)),
      normalized_freq_over_10_percent: finiteOrNull(denseFirings(summary.counts, 0.1 * tokens)),
      dense_features: summary.counts.filter((count) => count > 0.1 * tokens).length,
      density_histogram: densityHistogram(summary.counts, tokens),
      average_max_decoder_cosine_sim: finiteOrNull(measured.averageMaxDecoderCosineSim),
      near_twins: measured.nearTwins,
      loss_recovered_mean: finiteOrNull(measured.lossRecoveredMean),
      kl_score_mean: finiteOrNull(measured.klScoreMean),
      ...intervalColumns(measured.intervals),
      source: sae.source,
      processing: processingName(processing.bias),
      folded_bias: processing.bias,
      processing_source: processing.reason,
    };
  });
}

/** Share of the features that are active on more than so many tokens. */
const denseShare = (counts: ArrayLike<number>, most: number): number =>
  Array.from(counts).filter((count) => count > most).length / counts.length;

/** Their share of all activations. */
function denseFirings(counts: Float64Array, most: number): number {
  const sum = (values: Float64Array) => values.reduce((total, count) => total + count, 0);
  return sum(counts.filter((count) => count > most)) / sum(counts);
}

function intervalColumns(intervals: QualityIntervals | undefined) {
  const low = (name: keyof QualityIntervals) => finiteOrNull(intervals?.[name].low);
  const high = (name: keyof QualityIntervals) => finiteOrNull(intervals?.[name].high);
  return {
    explained_variance_low: low('explainedVariance'),
    explained_variance_high: high('explainedVariance'),
    ce_clean_low: low('ceClean'),
    ce_clean_high: high('ceClean'),
    ce_sae_low: low('ceSae'),
    ce_sae_high: high('ceSae'),
    ce_zero_low: low('ceZero'),
    ce_zero_high: high('ceZero'),
    ce_mean_low: low('ceMean'),
    ce_mean_high: high('ceMean'),
    loss_recovered_low: low('lossRecovered'),
    loss_recovered_high: high('lossRecovered'),
  };
}

/** A share of nothing is no number: where z never varies, or its loss costs nothing. */
const finiteOrNull = (value = Number.NaN): number | null => (Number.isFinite(value) ? value : null);

/** The rows of `z_means`: one a layer, whichever of its SAEs' quality it was measured with. */
export function zMeanRows({ recorders, quality }: Pick<MeasuredSaes, 'recorders' | 'quality'>): NewZMeanRow[] {
  const first = recorders.filter(({ sae }, i) => recorders.findIndex((other) => other.sae.layer === sae.layer) === i);
  return first.map((recorder) => ({
    layer: recorder.sae.layer,
    mean_z: quality[recorders.indexOf(recorder)].meanZ,
  }));
}
