import { OverBudget } from '../over-budget.ts';
import type { StudyJob } from '../study.ts';
import { inductionThresholds } from './maths/induction-verdict.ts';
import { patternRows } from './patterns.ts';
import { design, type Sequences } from './sequences.ts';
import { textDesign } from './text.ts';

/** What runs together, filled up where there are fewer. */
interface Pass {
  readonly rows: number;
  /** Forward tokens of them all. */
  readonly tokens: number;
}

interface Passes {
  /** So many sequences of every prefix. */
  readonly sequences: Pass;
  /** So many contexts of text; none where there is no text. */
  readonly contexts: Pass | undefined;
}

/** How much of the design is measured. */
export interface StudySize {
  /** Sequences of each prefix. */
  readonly examples: number;
  /** Contexts of text, at most. */
  readonly textContexts: number;
}

/** Of a limit, what the sequences get and what text does; the rest is for matches that are cut short. */
const sequencesShare = 1 / 2;
const textShare = 1 / 4;

export function passesOf(
  { batch, contexts }: Pick<StudyJob, 'batch' | 'contexts'>,
  { length, prefixes }: Pick<Sequences, 'length' | 'prefixes'>,
): Passes {
  const rows = contexts ? patternRows(batch, contexts.length) : 0;
  return {
    sequences: { rows: batch, tokens: batch * prefixes * length },
    contexts: contexts && { rows, tokens: rows * contexts.length },
  };
}

/**
 * As much of the design as a number of forward tokens has room for, all of it where there is no limit. Throws OverBudget where
 * that is fewer sequences of a prefix than anything is said of.
 */
export function sizeWithin(limit: number | undefined, { sequences, contexts }: Passes): StudySize {
  const { examples, textContexts } = { ...design, ...textDesign };
  if (limit === undefined) return { examples, textContexts };
  const least = Math.ceil(inductionThresholds.examples / sequences.rows);
  const needed = least * sequences.tokens + (contexts?.tokens ?? 0);
  if (limit < needed) throw new OverBudget(limit, needed);
  const passes = (tokens: number, pass: Pass, fewest: number) => Math.max(fewest, Math.floor(tokens / pass.tokens));
  const all = Math.ceil(examples / sequences.rows);
  const sequencePasses = Math.min(all, passes(sequencesShare * limit, sequences, least));
  const left = limit - sequencePasses * sequences.tokens;
  return {
    examples: Math.min(examples, sequences.rows * sequencePasses),
    textContexts: contexts
      ? Math.min(textContexts, contexts.rows * passes(Math.min(textShare * limit, left), contexts, 1))
      : 0,
  };
}

/** How many edges of each of some heads are cut short with what is left, each in two contexts of its own at most. */
export function replacedWithin(left: number | undefined, heads: number, { contexts }: Passes): number {
  const { replacedEdges } = textDesign;
  if (left === undefined || heads === 0 || !contexts) return replacedEdges;
  return Math.min(replacedEdges, Math.floor((contexts.rows * Math.floor(left / contexts.tokens)) / (2 * heads)));
}
