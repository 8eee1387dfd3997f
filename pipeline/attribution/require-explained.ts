import { UserError } from '../errors/user-error.ts';
import type { ModelConfig } from '../model/model.ts';

/** Conventions that break a sum of attributions which does not allow for them. */
const conventions = {
  'normalised attention outputs': ({ postNorms }) => postNorms,
  'normalised queries and keys': ({ queryKeyNorm }) => queryKeyNorm,
  'capped attention scores': ({ attentionSoftcap }) => attentionSoftcap !== null,
  'capped logits': ({ logitSoftcap }) => logitSoftcap !== null,
  'an unembedding bias': ({ biases }) => biases.unembedding,
  'attention windows': ({ windows }) => windows !== null,
} as const satisfies Record<string, (config: ModelConfig) => boolean>;
export type Convention = keyof typeof conventions;

/** Throws UserError where a model has one of the conventions under which `what` would not be right. */
export function requireExplained(config: ModelConfig, what: string, unless: readonly Convention[]): void {
  const found = unless.find((convention) => conventions[convention](config));
  if (found) throw new UserError(`${what} of a model with ${found} is not supported yet: ${config.modelType}`);
}
