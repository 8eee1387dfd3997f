import type { FamilyScores } from '../../../pipeline/measures/families/maths/family-scores.ts';

/** The scores of a feature that reads nothing beyond chance, with its contexts not cut and no proxy checked. */
export const noScores: FamilyScores = {
  ...{ induction: 0, duplicate_token: 0, succession: 0, copying: 0, skip_gram: 0 },
  ...{ previous_token: 0, current_token: 0, bos: 0, positional: 0 },
  ...{ local_context: null, high_level_context: null, activation_with_sources: null, logit_effect_on_source: 0 },
  ...{ proxy_specificity: null, proxy_specificity_upper_half: null, proxy_sensitivity: null },
};
