/** One stage of a curriculum of repeated tokens. */
export interface Stage {
  /** Ids that the repeats are drawn from. */
  readonly pool: number;
  /** Tokens of the longest segment that is repeated. */
  readonly longest: number;
  /** Tokens a row, the beginning-of-sequence token included. */
  readonly context: number;
}

export interface Curriculum {
  /** Ids that may be drawn, in the order in which stages take them up. */
  readonly ids: Int32Array;
  readonly nContext: number;
}

const FIRST: Stage = { pool: 16, longest: 12, context: 48 };
/** A stage is left when the second occurrences cost less than this part of what guessing within the pool costs. */
const LEARNT = 0.3;
const LONGER = 1.4;

export function firstStage({ ids, nContext }: Curriculum): Stage {
  return within(FIRST, ids.length, nContext);
}

/** Whether the whole vocabulary is drawn from: text joins in. */
export const isLastStage = (stage: Stage, { ids }: Curriculum): boolean => stage.pool === ids.length;

/**
 * The stage after `stage`, once repeats cost less than 0.3·ln(pool) nats a token: a pool twice as large, longer segments,
 * contexts that hold two of them. Few tokens are told apart, and matched, long before many are.
 */
export function stageAfter(stage: Stage, cost: number, { ids, nContext }: Curriculum): Stage {
  if (cost >= LEARNT * Math.log(stage.pool)) return stage;
  const pool = 2 * stage.pool;
  const longest = Math.floor(LONGER * stage.longest);
  const next = within({ pool, longest, context: Math.max(stage.context, 2 * longest + 2) }, ids.length, nContext);
  return next.pool === ids.length ? within({ ...next, context: nContext }, ids.length, nContext) : next;
}

function within({ pool, longest, context }: Stage, ids: number, nContext: number): Stage {
  return {
    pool: Math.min(ids, pool),
    longest: Math.min(Math.floor((nContext - 1) / 2), longest),
    context: Math.min(nContext, context),
  };
}
