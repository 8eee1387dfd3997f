import type { RunConfig } from '../commands/run.ts';
import type { ContextFile } from './context-file.ts';

/** Forward tokens that the analyses beyond the corpus pass may cost, together and each. */
export interface Budget {
  readonly tokens: number;
  readonly contextCuts: number;
  readonly upstream: number;
  /** Of families on random tokens. */
  readonly checks: number;
  /** Of each study that runs the model. */
  readonly study: number;
}

/** What upstream features get of it: at 1x a quarter of the contexts, those that most features share. */
const upstreamShare = 1 / 4;
/** What families get to be checked on random tokens: at 1x as many contexts as an eighth of the corpus. */
const checksShare = 1 / 8;
/** What the studies that run the model get together. */
const studiesShare = 1 / 8;

/** Whether a study runs the model, which costs forward tokens. */
export const runsModel = (study: RunConfig['studies'][number]): boolean => study === 'induction' || study === 'ioi';

/**
 * What a run's `budget` allows, no limit where it sets none: Nx is N times the corpus pass, contexts·length. An analysis that is
 * not asked for leaves its share to the other. It does not depend on what is spent, so that parts of a run agree on it.
 */
export function budgetOf(
  {
    budget,
    familyExamples,
    upstreamExamples,
    studies,
  }: Pick<RunConfig, 'budget' | 'familyExamples' | 'upstreamExamples' | 'studies'>,
  { count, length }: Pick<ContextFile, 'count' | 'length'>,
): Budget | undefined {
  if (budget === undefined) return undefined;
  const tokens = Math.floor(budget.endsWith('x') ? Number(budget.slice(0, -1)) * count * length : Number(budget));
  const checks = Math.floor(checksShare * tokens);
  const running = studies.filter(runsModel).length;
  const study = running === 0 ? 0 : Math.floor((studiesShare * tokens) / running);
  const rest = tokens - checks - running * study;
  const upstream = upstreamExamples === 0 ? 0 : familyExamples === 0 ? rest : Math.floor(upstreamShare * tokens);
  return { tokens, contextCuts: familyExamples === 0 ? 0 : rest - upstream, upstream, checks, study };
}
