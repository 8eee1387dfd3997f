import { float, int, list, struct, text } from '../../store/column-types.ts';

const tokenValues = list(struct({ token_id: int, token: text, value: float }));

/** What a feature does to the logits: columns of `features`. */
export const logitColumns = {
  positive_logits: tokenValues,
  negative_logits: tokenValues,
};
