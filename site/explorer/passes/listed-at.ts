import type { Edit, PassResult, Prediction, PromptTokens } from '../protocol.ts';

/** A pass that has been run, and what was asked for. */
interface GivenPass {
  readonly question: {
    readonly tokens: PromptTokens;
    readonly edits: readonly Edit[];
    readonly saes: readonly string[];
  };
  readonly answer: PassResult;
}

/** The predictions that a pass lists after a position, with what it takes to ask the same pass for others. */
export interface ListedPredictions {
  readonly ids: readonly number[];
  readonly edits: readonly Edit[];
  /** Ids of the SAEs that took part. */
  readonly saes: readonly string[];
  readonly position: number;
  readonly listed: readonly Prediction[];
}

export function listedAt({ question, answer }: GivenPass, position: number): ListedPredictions {
  const { tokens, edits, saes } = question;
  return { ids: tokens.ids, edits, saes, position, listed: answer.predictions.at(position) ?? [] };
}
