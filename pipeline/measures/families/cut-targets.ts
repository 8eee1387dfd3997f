import { contextOfToken, positionOfToken } from '../../numbers/token-place.ts';
import type { ContextFile } from '../../record/context-file.ts';
import type { Activation } from '../../record/top-examples.ts';
import type { Sae } from '../../sae/sae.ts';
import { distinctTexts } from './maths/distinct-texts.ts';

/** An example whose context is cut. */
export interface CutTarget extends Activation {
  readonly sae: Sae;
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
  /** Whether a feature's are. */
  isWanted(feature: number): boolean;
}

/** From this position on an example counts as long: with longer contexts a quarter of 128 tokens, with shorter ones a share. */
const latePosition = 32;
const lateShare = 3 / 4;

/** The examples to cut: the highest of the long ones, where a cut can tell, then the highest of the rest. */
export function cutTargets({ sae, contexts, top, examples, isWanted }: CutChoice): CutTarget[] {
  const { length } = contexts;
  const late = Math.min(latePosition, lateShare * length);
  const isLate = ({ token }: Activation) => positionOfToken(token, length) >= late;
  const textOf = ({ token }: Activation) => ({
    tokens: contexts.tokensOf(contextOfToken(token, length)),
    position: positionOfToken(token, length),
  });
  return Array.from({ length: sae.dSae }, (_, feature) => {
    const all = isWanted(feature) ? top(feature) : [];
    const inOrder = [...all.filter(isLate), ...all.filter((example) => !isLate(example))];
    return distinctTexts(inOrder, textOf, examples).map(({ token, value }, rank) => ({
      sae,
      token,
      value,
      feature,
      rank,
    }));
  }).flat();
}
