import { contextOfToken, positionOfToken } from '../numbers/token-place.ts';
import type { Sae } from '../sae/sae.ts';
import type { ContextFile } from './context-file.ts';

/** Whether a token of a run, by its number in it, counts in an SAE's statistics: none of those it was not trained on does. */
export type IsCounted = (token: number) => boolean;

/** By the tokens of the run's contexts, or of those of them that are asked about. */
export function countedBy(
  { excludedTokens }: Pick<Sae, 'excludedTokens'>,
  { length, tokensOf }: Pick<ContextFile, 'length' | 'tokensOf'>,
): IsCounted {
  if (!excludedTokens || excludedTokens.size === 0) return () => true;
  return (token) => !excludedTokens.has(tokensOf(contextOfToken(token, length))[positionOfToken(token, length)]);
}

/** How many tokens of the run count: all but the first of each context and those that the SAE was not trained on. */
export function countTokens({ excludedTokens }: Sae, { count, length, tokensOf }: ContextFile): number {
  const all = count * (length - 1);
  if (!excludedTokens || excludedTokens.size === 0) return all;
  let excluded = 0;
  for (let context = 0; context < count; context++)
    for (const id of tokensOf(context).subarray(1)) if (excludedTokens.has(id)) excluded++;
  return all - excluded;
}
