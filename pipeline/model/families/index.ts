import type { Family } from '../family.ts';
import { gpt2 } from './gpt2.ts';
import { llama } from './llama.ts';

/** Every transformer family that can be loaded; a new one is added here. */
export const families: readonly Family[] = [gpt2, llama];

/** The family of a config.json's model_type. Throws RangeError when it is none of ours. */
export function familyOf(modelType: string): Family {
  const family = families.find((candidate) => candidate.modelType === modelType);
  if (!family) throw new RangeError(`unknown model_type ${modelType}`);
  return family;
}
