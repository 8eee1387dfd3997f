import { distinctTexts } from '../core/distinct-texts.ts';
import type { Sae } from '../core/sae.ts';
import type { Activation } from '../core/top-examples.ts';
import type { ContextFile } from './context-file.ts';

/** An example whose context is cut. */
export interface CutTarget extends Activation {
  readonly feature: number;
  /** Place among the feature's targets. */
  readonly rank: number;
}

export interface CutChoice {
  readonly sae: Sae;
  readonly contexts: ContextFile;
  /** Top examples of a feature, highest first. */
  top(feature: number): readonly Activation[];
  /** How many of them are cut, of each text one. */
  readonly examples: number;
}

/** The examples to cut: the highest past a quarter of the context, where a cut can tell, then the highest of the rest. */
export function cutTargets({ sae, contexts, top, examples }: CutChoice): CutTarget[] {
  const { length } = contexts;
  const isLate = ({ token }: Activation) => token % length >= length / 4;
  const textOf = ({ token }: Activation) => ({
    tokens: contexts.tokensOf(Math.floor(token / length)),
    position: token % length,
  });
  return Array.from({ length: sae.dSae }, (_, feature) => {
    const all = top(feature);
    const inOrder = [...all.filter(isLate), ...all.filter((example) => !isLate(example))];
    return distinctTexts(inOrder, textOf, examples).map(({ token, value }, rank) => ({ token, value, feature, rank }));
  }).flat();
}
