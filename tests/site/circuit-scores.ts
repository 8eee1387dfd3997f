import type { HeadCircuitsRow } from '../../pipeline/measures/circuits/table.ts';

/** The scores of a head whose circuits do nothing in particular, of a model without position embeddings. */
export const circuitScores: HeadCircuitsRow['scores'] = {
  copying_by_eigenvalues: 0,
  copying_by_tokens: 0,
  same_token_preference: 0,
  previous_token_by_position: null,
  current_token_by_position: null,
  bos_by_position: null,
  recency_by_position: null,
};
