import { text } from '../../store/column-types.ts';

/** What is said of a feature in words: columns of `features`. */
export const labelColumns = {
  /** By rule from family, attribution and logit effects; see featureSummary. */
  summary: text,
};
