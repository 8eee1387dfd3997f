import { expect, test } from 'vitest';
import { judgeAnswers } from '../../../../pipeline/measures/studies/ioi/answers.ts';
import type { Order, Prompt } from '../../../../pipeline/measures/studies/ioi/maths/dataset.ts';
import type { Seen } from '../../../../pipeline/measures/studies/ioi/snapshots.ts';

const places = { io: 1, s1: 2, afterS1: 3, s2: 4, end: 5, conjunction: 2 };

const seen = (template: number, scene: number, order: Order, difference: number): Seen => {
  const cast = { io: 'Ann', s: 'Bo', giver: 'Bo' };
  const prompt: Prompt = {
    ...{ template, scene, order, text: '', tokens: new Int32Array(6), places, io: 7, s: 8, cast },
  };
  return { prompt, difference, best: 7, s2: [], end: [], x: new Map(), scale: new Map() };
};

/** Two scenes that choose and two that do not: those that choose go well in template 0 and badly in template 1. */
const answers = judgeAnswers(
  (['ABBA', 'BABA'] as const).flatMap((order) => [
    ...[0, 1].map((scene) => seen(0, scene, order, 5)),
    ...[2, 3].map((scene) => seen(0, scene, order, -1)),
    ...[0, 1].map((scene) => seen(1, scene, order, -5)),
    ...[2, 3].map((scene) => seen(1, scene, order, 3)),
  ]),
  2,
);

test('templates count as solved by scenes other than those that they are measured on', () => {
  expect(answers.solved).toEqual([0]);
  const solved = answers.totals.find(({ templates, story_order }) => templates === 'solved' && story_order === 'both');
  expect([solved?.difference.mean, solved?.positive, solved?.prompts]).toEqual([-1, 0, 4]);
});

test('every row and total is of the scenes that did not choose', () => {
  const [row] = answers.rows;
  expect([row?.habit, row?.difference.mean, row?.prompts]).toEqual(['solves it', -1, 2]);
  const all = answers.totals.find(({ templates, story_order }) => templates === 'all' && story_order === 'both');
  expect([all?.difference.mean, all?.prompts]).toEqual([1, 8]);
});
