/** A line of features/batch-N.jsonl, every field as Neuronpedia's writers make them, in their order. */
export interface NeuronpediaFeature {
  readonly modelId: string;
  /** The source: `5-att-kk`. */
  readonly layer: string;
  readonly index: string;
  readonly creatorId: string;
  readonly createdAt: string;
  readonly maxActApprox: number;
  readonly hasVector: boolean;
  readonly vector: readonly number[];
  readonly vectorLabel: string | null;
  readonly vectorDefaultSteerStrength: number;
  readonly hookName: string | null;
  readonly topkCosSimIndices: readonly number[];
  readonly topkCosSimValues: readonly number[];
  readonly neuron_alignment_indices: readonly number[];
  readonly neuron_alignment_values: readonly number[];
  readonly neuron_alignment_l1: readonly number[];
  readonly correlated_neurons_indices: readonly number[];
  readonly correlated_neurons_pearson: readonly number[];
  readonly correlated_neurons_l1: readonly number[];
  readonly correlated_features_indices: readonly number[];
  readonly correlated_features_pearson: readonly number[];
  readonly correlated_features_l1: readonly number[];
  readonly neg_str: readonly string[];
  readonly neg_values: readonly number[];
  readonly pos_str: readonly string[];
  readonly pos_values: readonly number[];
  readonly frac_nonzero: number;
  readonly freq_hist_data_bar_heights: readonly number[];
  readonly freq_hist_data_bar_values: readonly number[];
  readonly logits_hist_data_bar_heights: readonly number[];
  readonly logits_hist_data_bar_values: readonly number[];
  readonly decoder_weights_dist: readonly number[];
  readonly sourceSetName: string;
}

/** A line of activations/batch-N.jsonl. */
export interface NeuronpediaActivation {
  readonly id: string;
  readonly tokens: readonly string[];
  readonly index: string;
  readonly layer: string;
  readonly modelId: string;
  readonly maxValue: number;
  readonly maxValueTokenIndex: number;
  readonly minValue: number;
  readonly values: readonly number[];
  readonly creatorId: string;
  readonly dataSource: string | null;
  readonly dataIndex: string | null;
  readonly dfaValues: readonly number[];
  readonly dfaTargetIndex: number | null;
  readonly dfaMaxValue: number | null;
  readonly createdAt: string;
  readonly lossValues: readonly number[];
  readonly logitContributions: string | null;
  readonly binMin: number;
  readonly binMax: number;
  readonly binContains: number;
  readonly qualifyingTokenIndex: number;
}

/** A line of explanations/batch-N.jsonl. */
export interface NeuronpediaExplanation {
  readonly id: string;
  readonly modelId: string;
  readonly layer: string;
  readonly index: string;
  readonly description: string;
  readonly authorId: string;
  readonly embedding: null;
  readonly triggeredById: null;
  readonly typeName: string | null;
  readonly explanationModelName: string | null;
  readonly notes: string | null;
  readonly createdAt: string;
}

/** What every record of an exported source has in common. */
export interface SourceIdentity {
  readonly modelId: string;
  readonly sourceSet: string;
  readonly sourceId: string;
  readonly creatorId: string;
  readonly createdAt: string;
}
