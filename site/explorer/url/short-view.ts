import type { PromptTokens } from '../protocol.ts';
import type { ExplorerView, PromptInput } from '../view.ts';
import { emptyView } from './empty-view.ts';
import { encodeView } from './encode-view.ts';

/** Servers refuse requests whose address and headers are together longer than 8 to 16 kB. */
const mostCharacters = 8000;

/** A prompt, and its tokens as the model sees them. */
interface TokenizedPrompt {
  readonly question: PromptInput;
  readonly answer: PromptTokens;
}

/**
 * A view as an address can hold it: of a prompt that the model's context cuts, the tokens that are used; where it is still
 * too long, no prompts. The same object where all of it fits.
 */
export function shortView(view: ExplorerView, tokenized: readonly (TokenizedPrompt | undefined)[]): ExplorerView {
  const prompts = view.prompts.map((prompt, i) => usedPart(prompt, tokenized[i]));
  const isCut = prompts.some((prompt, i) => prompt !== view.prompts[i]);
  const used = isCut ? { ...view, prompts } : view;
  return [used, { ...view, prompts: emptyView.prompts }].find(fits) ?? emptyView;
}

const fits = (view: ExplorerView): boolean => encodeView(view).length <= mostCharacters;

/** Ids, since the text of these tokens alone may be read into others. */
function usedPart(prompt: PromptInput, tokenized: TokenizedPrompt | undefined): PromptInput {
  const isOfPrompt = tokenized && JSON.stringify(tokenized.question) === JSON.stringify(prompt);
  return isOfPrompt && tokenized.answer.cut > 0 ? { ids: tokenized.answer.ids } : prompt;
}
