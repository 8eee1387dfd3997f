import { type Estimate, groupedMean } from '../../../../numbers/grouped-mean.ts';
import type { Order } from './dataset.ts';

/** One prompt's answer. */
export interface Answer {
  readonly template: number;
  readonly order: Order;
  /** Logit of the receiver less that of the giver. */
  readonly difference: number;
}

/** What a model does with a template: 'second name' and 'first name' are answers by order alone, 'giver' is always wrong. */
const habits = ['solves it', 'second name', 'first name', 'giver', 'neither'] as const;
export type Habit = (typeof habits)[number];

export interface Behaviour {
  readonly difference: Estimate;
  /** Prompts whose receiver has the higher logit. */
  readonly right: number;
  readonly prompts: number;
}

/** Share of a template's prompts, in each order, from which an answer counts as a habit. */
export const habitShare = 7 / 8;
/** Share of templates from which a model does the task. */
const doneShare = 0.8;
/** Fewer templates solved than these may be luck. */
export const leastSolved = 2;

const verdicts = ['does the task', 'does it on some templates', 'cannot do the task'] as const;
export type Verdict = (typeof verdicts)[number];

/** Answers taken together, the interval over templates. */
export function behaviourOf(answers: readonly Answer[]): Behaviour {
  return {
    difference: groupedMean(
      answers.map(({ difference }) => difference),
      answers.map(({ template }) => template),
    ),
    right: answers.filter(({ difference }) => difference > 0).length,
    prompts: answers.length,
  };
}

/** A template's habit: at least 7 of 8 prompts of either order go the same way. */
export function habitOf(answers: readonly Answer[]): Habit {
  const share = (order: Order) => {
    const own = answers.filter((answer) => answer.order === order);
    return own.filter(({ difference }) => difference > 0).length / Math.max(1, own.length);
  };
  const [abba, baba] = [share('ABBA'), share('BABA')];
  if (abba >= habitShare && baba >= habitShare) return 'solves it';
  if (abba <= 1 - habitShare && baba >= habitShare) return 'second name';
  if (abba >= habitShare && baba <= 1 - habitShare) return 'first name';
  if (abba <= 1 - habitShare && baba <= 1 - habitShare) return 'giver';
  return 'neither';
}

/** Does the task: the mean difference's interval is above 0 and four templates in five are solved; else, on some: two. */
export function verdictOf(answers: readonly Answer[], habitsByTemplate: ReadonlyMap<number, Habit>): Verdict {
  const solved = [...habitsByTemplate.values()].filter((habit) => habit === 'solves it').length;
  const sure = behaviourOf(answers).difference.low > 0;
  if (sure && solved >= leastSolved && solved >= doneShare * habitsByTemplate.size) return 'does the task';
  return solved >= leastSolved ? 'does it on some templates' : 'cannot do the task';
}
