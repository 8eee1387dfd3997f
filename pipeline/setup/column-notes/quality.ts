import type { NotesOfTables } from './notes-of.ts';

/** SAEs: what each is, how good, and how it was trained. */
export const qualityNotes = {
  saes: {
    site: 'what it reconstructs: z; attn_out, the attention output; or attn_module, W_O’s output before a norm behind it',
    d_in: 'width of what it reads',
    d_sae: 'number of features',
    tokens: 'tokens that its features were recorded on, without BOS and what it was not trained on',
    contexts: 'contexts that they are in',
    quality_tokens: 'tokens that its quality was measured on, likewise',
    quality_contexts: 'contexts that they are in',
    l0: 'mean number of active features per token',
    explained_variance: '1 − Σ‖x − x̂‖² / Σ‖x − mean x‖²; null where x does not vary',
    cossim: 'mean cosine of activations and their reconstruction; SAEBench’s name, as of the next two',
    l2_ratio: 'mean of the reconstruction’s norm over that of the activations',
    relative_reconstruction_bias: 'Σ‖x̂‖² / Σ x·x̂: below 1 where the reconstruction is too short; null where Σ x·x̂ is 0',
    ce_clean: 'loss of the model as it is, nats per token',
    ce_sae: 'loss with the reconstruction in place of the activations',
    ce_zero: 'loss with zeros in their place',
    ce_mean: 'loss with their mean in their place',
    loss_recovered:
      '(ce_zero − ce_sae) / (ce_zero − ce_clean); SAEBench’s ce_loss_score; null where zeros cost nothing',
    kl_sae: 'KL divergence of next-token predictions from the model’s own with the reconstruction, nats',
    kl_zero: 'the same with zeros in place of the activations',
    kl_mean: 'the same with their mean in their place',
    kl_score: '(kl_zero − kl_sae) / kl_zero; SAEBench’s kl_div_score; null where kl_zero is 0',
    dead_features: 'features that were never active in the run',
    freq_over_1_percent: 'share of features active on over 1 % of tokens; SAEBench’s name',
    freq_over_10_percent: 'the same of over 10 %',
    normalized_freq_over_1_percent:
      'share of all activations, by their number, that features active on over 1 % of tokens have; SAEBench’s name; null where no feature is active, and in older runs',
    normalized_freq_over_10_percent: 'the same of over 10 %',
    dense_features: 'features active on over 10 % of tokens; null in older runs',
    density_histogram:
      'features by log10 of their density, dead ones left out: bounds of the bins, log10, four per decade, and features in each; null in older runs',
    average_max_decoder_cosine_sim:
      'mean over features of the greatest cosine of their decoder row with another’s; SAEBench’s name; null for a single feature, and in older runs',
    near_twins: 'pairs of features whose decoder rows have a cosine over 0.99, dead ones too; null in older runs',
    loss_recovered_mean:
      '(ce_mean − ce_sae) / (ce_mean − ce_clean); null where the mean costs nothing, and in older runs',
    kl_score_mean: '(kl_mean − kl_sae) / kl_mean; null where kl_mean is 0, and in older runs',
    source: 'folder of its weights, or their file where several share a folder, as in saes/l0',
    processing: 'raw, trained on z as the model computes it, or folded, on z less c',
    folded_bias: 'what c is: none; value, b_V; or value_and_norm, b_V + β·W_V',
    processing_source: 'what says so, in words',
  },
  z_means: {
    mean_z:
      'mean z by element, heads side by side, over the tokens that quality was measured on; of z less c where the SAEs are folded',
  },
  training_curve: {
    step: 'steps done; what is measured is a running mean over those before it',
    tokens: 'tokens trained on',
    learning_rate: 'of the last of these steps',
    loss: '‖x − x̂‖² per token, x centred and scaled to a mean norm of √d_in',
    explained_variance: '1 − Σ‖x − x̂‖² / Σ‖x − mean x‖² of what is trained on',
    l0: 'mean number of active features per token',
    dead: 'features silent for 5 % of the steps, at least 20',
    threshold: 'the least activation above 0, in the same scale',
  },
} satisfies NotesOfTables;
