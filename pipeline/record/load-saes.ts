import type { Tokenizer } from '../files/tokenizer/load-tokenizer.ts';
import { loadSae, type SaeSource } from '../sae/formats/sae-dir.ts';
import type { Sae } from '../sae/sae.ts';
import type { ChosenSae } from './choose-saes.ts';

/**
 * Loads SAEs one after another, each with the tokens that it was not trained on, by their ids, and holds each where `keep`
 * puts it before the next is read. Throws UserError for bad files.
 */
export async function loadSaes(
  chosen: readonly ChosenSae[],
  tokenizer: Pick<Tokenizer, 'specialTokenIds'>,
  keep = async (sae: Sae): Promise<Sae> => sae,
): Promise<Sae[]> {
  const saes: Sae[] = [];
  for (const { source } of chosen) {
    const excludedTokens = excludedOf(source, tokenizer);
    saes.push(await keep({ ...(await loadSae(source)), ...(excludedTokens && { excludedTokens }) }));
  }
  return saes;
}

function excludedOf({ config }: SaeSource, { specialTokenIds }: Pick<Tokenizer, 'specialTokenIds'>) {
  const { excludedTokens } = config.training;
  return excludedTokens === 'special' ? specialTokenIds : excludedTokens && new Set(excludedTokens);
}
