import type { ModelStore } from './model-store.ts';
import type { Prompts } from './prompt.ts';
import type { SaeStore } from './sae-store.ts';

export interface Stores {
  readonly model: ModelStore;
  readonly saes: SaeStore;
  readonly prompts: Pick<Prompts, 'isToken' | 'bosTokenId'>;
}
