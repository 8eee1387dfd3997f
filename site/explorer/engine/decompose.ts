import type { FrozenPrompt } from '../../../pipeline/attribution/recursion/frozen-prompt.ts';
import { recursiveAttribution } from '../../../pipeline/attribution/recursive-attribution.ts';
import type { Decomposition, Target } from '../protocol.ts';

/** One step of recursive DFA; terms of less than `minShare` of the whole pre-activation are summed up. */
export async function decompose(
  prompt: FrozenPrompt,
  target: Target,
  source: number | null,
  minShare: number,
): Promise<Decomposition> {
  const [explained] = await recursiveAttribution(prompt, target.layer, [target]);
  if (!explained) throw new Error('unreachable: one target gives one attribution');
  const { constant, outputBias } = explained;
  const whole = explained.terms.reduce((sum, { attribution }) => sum + attribution, constant + outputBias);
  const asked = explained.terms.filter((term) => source === null || term.source === source);
  const least = Math.abs(whole) * minShare;
  const isKept = (attribution: number) => attribution !== 0 && Math.abs(attribution) >= least;
  const kept = asked.filter(({ attribution }) => isKept(attribution));
  const others = asked.filter(({ attribution }) => !isKept(attribution));
  return {
    target,
    terms: kept.toSorted((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution)),
    remainder: others.reduce((sum, { attribution }) => sum + attribution, 0),
    pruned: others.length,
    constant,
    outputBias,
  };
}
