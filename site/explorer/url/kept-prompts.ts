import type { PromptInput } from '../view.ts';

/** What an entry of the browser's history keeps beside its address: prompts, where the address has less of them. */
export interface EntryState {
  readonly prompts: readonly PromptInput[];
}

/** Reads the prompts of such an entry; undefined where its address has all. */
export function keptPrompts(state: unknown): readonly PromptInput[] | undefined {
  const prompts = typeof state === 'object' && state !== null && 'prompts' in state ? state.prompts : undefined;
  return Array.isArray(prompts) && prompts.length > 0 && prompts.every(isPrompt) ? prompts : undefined;
}

function isPrompt(value: unknown): value is PromptInput {
  if (typeof value !== 'object' || value === null) return false;
  if ('text' in value) return typeof value.text === 'string';
  return 'ids' in value && Array.isArray(value.ids) && value.ids.every(Number.isInteger);
}
