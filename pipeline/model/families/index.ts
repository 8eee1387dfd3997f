import type { Family } from '../family.ts';
import { gemma } from './gemma.ts';
import { gemma2 } from './gemma2.ts';
import { gemma3, gemma3Text } from './gemma3.ts';
import { gptNeo } from './gpt-neo.ts';
import { gptNeoX } from './gpt-neox.ts';
import { gpt2 } from './gpt2.ts';
import { llama } from './llama.ts';
import { mistral } from './mistral.ts';
import { qwen2, qwen3 } from './qwen.ts';
import { transformerLens } from './transformer-lens.ts';

const known: Family[] = [
  ...[gpt2, gptNeo, gptNeoX, llama, mistral, qwen2, qwen3, gemma, gemma2, gemma3Text, gemma3],
  transformerLens,
];

/** Every transformer family that can be loaded; one of the project's own is added to the list above. */
export const families: readonly Family[] = known;

/**
 * Adds a family from outside the project: in a test, or in a file of yours that `node --import ./my-family.ts
 * pipeline/cli.ts` runs first. Throws RangeError where another has its model_type.
 */
export function registerFamily(family: Family): void {
  const other = families.find(({ modelType }) => modelType === family.modelType);
  if (other === family) return;
  if (other) throw new RangeError(`model_type ${family.modelType} has a family already`);
  known.push(family);
}
