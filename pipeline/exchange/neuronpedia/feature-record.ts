import type { NeighbourRow } from '../../measures/neighbours/table.ts';
import type { FeatureRow } from '../../measures/statistics/table.ts';
import type { NeuronpediaFeature, SourceIdentity } from './records.ts';

/** A feature and what else a run knows of it. */
interface ExportedFeature {
  readonly row: FeatureRow;
  readonly maxActApprox: number;
  /** Nearest first, of every kind; none of a run that did not look. */
  readonly neighbours: readonly NeighbourRow[];
}

/** A feature as Neuronpedia keeps it; what a run does not measure is an empty list, as its writers leave it. */
export function featureRecord(
  { row, maxActApprox, neighbours }: ExportedFeature,
  source: SourceIdentity,
): NeuronpediaFeature {
  const nearest = neighbours.filter(({ kind, sae, other_sae }) => kind === 'decoder' && other_sae === sae);
  const { edges, counts } = row.histogram;
  const { modelId, sourceId, creatorId, createdAt, sourceSet } = source;
  return {
    ...{ modelId, layer: sourceId, index: String(row.feature), creatorId, createdAt, maxActApprox },
    ...{ hasVector: false, vector: [], vectorLabel: null, vectorDefaultSteerStrength: 10, hookName: null },
    topkCosSimIndices: nearest.map(({ other_feature }) => other_feature),
    topkCosSimValues: nearest.map(({ value }) => value),
    ...{ neuron_alignment_indices: [], neuron_alignment_values: [], neuron_alignment_l1: [] },
    ...{ correlated_neurons_indices: [], correlated_neurons_pearson: [], correlated_neurons_l1: [] },
    ...{ correlated_features_indices: [], correlated_features_pearson: [], correlated_features_l1: [] },
    neg_str: row.negative_logits.map(({ token }) => token),
    neg_values: row.negative_logits.map(({ value }) => value),
    pos_str: row.positive_logits.map(({ token }) => token),
    pos_values: row.positive_logits.map(({ value }) => value),
    frac_nonzero: row.density,
    freq_hist_data_bar_heights: [...counts],
    freq_hist_data_bar_values: Array.from(counts, (_, bar) => (edges[bar] + edges[bar + 1]) / 2),
    ...{ logits_hist_data_bar_heights: [], logits_hist_data_bar_values: [] },
    decoder_weights_dist: [...row.head_weights],
    sourceSetName: sourceSet,
  };
}
