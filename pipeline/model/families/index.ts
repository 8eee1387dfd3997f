import type { Architecture } from '../architecture.ts';
import { gpt2 } from './gpt2.ts';

/** Every transformer family that can be loaded; a new one is added here. */
export const architectures: readonly Architecture[] = [gpt2];

/** The family of a config.json's model_type. Throws RangeError when it is none of ours. */
export function architectureOf(modelType: string): Architecture {
  const found = architectures.find((architecture) => architecture.modelType === modelType);
  if (!found) {
    const known = architectures.map((architecture) => architecture.modelType).join(', ');
    throw new RangeError(`unknown model_type ${modelType}, expected one of ${known}`);
  }
  return found;
}
