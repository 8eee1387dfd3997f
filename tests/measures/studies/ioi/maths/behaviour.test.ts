import { expect, test } from 'vitest';
import {
  type Answer,
  behaviourOf,
  type Habit,
  habitOf,
  verdictOf,
} from '../../../../../pipeline/measures/studies/ioi/maths/behaviour.ts';

/** A template's answers, + and − as the logit difference has it: those of ABBA, then those of BABA. */
const answers = (abba: string, baba: string, template = 0): Answer[] => [
  ...[...abba].map((sign): Answer => ({ template, order: 'ABBA', difference: sign === '+' ? 2 : -2 })),
  ...[...baba].map((sign): Answer => ({ template, order: 'BABA', difference: sign === '+' ? 2 : -2 })),
];

test.each([
  ['++++++++', '+++++++-', 'solves it'],
  ['++++++--', '++++++++', 'neither'],
  ['-------+', '++++++++', 'second name'],
  ['++++++++', '--------', 'first name'],
  ['-------+', '--------', 'giver'],
  ['------++', '--------', 'neither'],
])('prompts answered %s in ABBA and %s in BABA: %s', (abba, baba, habit) => {
  expect(habitOf(answers(abba, baba))).toBe(habit);
});

test('templates count alike, and their interval is over templates', () => {
  const { difference, right, prompts } = behaviourOf([...answers('++', '++', 0), ...answers('-', '', 1)]);
  expect([difference.mean, right, prompts]).toEqual([0, 4, 5]);
  expect(difference.low).toBeLessThan(-20);
});

const habits = (...all: Habit[]) => new Map(all.map((habit, template) => [template, habit]));

test('a model does the task when four templates in five are solved and the difference is surely above 0', () => {
  const good = [0, 1, 2, 3, 4].flatMap((template) => answers('++', '++', template));
  const solved = (count: number) => Array<Habit>(count).fill('solves it');
  expect(verdictOf(good, habits(...solved(4), 'neither'))).toBe('does the task');
  expect(verdictOf(good, habits(...solved(3), 'neither', 'second name'))).toBe('does it on some templates');
  const unsure = [...answers('++', '++', 0), ...answers('--', '--', 1)];
  expect(verdictOf(unsure, habits(...solved(5)))).toBe('does it on some templates');
});

test('a model that always names whoever was named second cannot do it, and one template may be luck', () => {
  expect(verdictOf(answers('--', '++'), habits('second name', 'second name'))).toBe('cannot do the task');
  expect(verdictOf(answers('++', '++'), habits('solves it', 'neither'))).toBe('cannot do the task');
});
