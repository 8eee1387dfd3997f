import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { faultSentence } from '../../../../site/explorer/passes/fault-sentence.ts';
import { latest } from '../../../../site/explorer/passes/latest.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Answers a question with its double after `ms`, and notes what was asked and answered. */
function doubling(ms: number, quietMs = 0) {
  const asked: number[] = [];
  const given: (number | string)[] = [];
  const answer = async (question: number) => {
    asked.push(question);
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (question < 0) throw new Error(`no ${question}`);
    return 2 * question;
  };
  const failed = (error: unknown) => void given.push(String(error));
  return { ...latest(answer, { answered: (value) => void given.push(value), failed }, quietMs), asked, given };
}

test('of questions that come while one is being answered only the last is asked, and only it is answered', async () => {
  const { ask, asked, given } = doubling(100);
  ask(1);
  await vi.advanceTimersByTimeAsync(10);
  for (const question of [2, 3, 4]) ask(question);
  await vi.runAllTimersAsync();
  expect(asked).toEqual([1, 4]);
  expect(given).toEqual([8]);
});

test('a question waits until none has come for a while', async () => {
  const { ask, asked, given } = doubling(10, 50);
  for (const question of [1, 2, 3]) {
    ask(question);
    await vi.advanceTimersByTimeAsync(40);
  }
  expect(asked).toEqual([]);
  await vi.runAllTimersAsync();
  expect(given).toEqual([6]);
});

test('a failure is told, and does not keep the next question from its answer', async () => {
  const { ask, given } = doubling(10);
  ask(-1);
  await vi.runAllTimersAsync();
  ask(5);
  await vi.runAllTimersAsync();
  expect(given).toEqual(['Error: no -1', 10]);
});

test('what was asked is not answered once it was dropped, nor is the failure of a superseded question told', async () => {
  const { ask, drop, given } = doubling(100);
  ask(-1);
  await vi.advanceTimersByTimeAsync(10);
  ask(3);
  await vi.advanceTimersByTimeAsync(150);
  drop();
  await vi.runAllTimersAsync();
  expect(given).toEqual([]);
});

test('what went wrong is told as a sentence', () => {
  expect(faultSentence(new Error('no such token: 9'))).toBe('No such token: 9.');
  expect(faultSentence('Stopped.')).toBe('Stopped.');
});
