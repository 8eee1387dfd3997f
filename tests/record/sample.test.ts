import { describe, expect, it, test } from 'vitest';
import { contextsInMemory } from '../../pipeline/record/contexts-in-memory.ts';
import { type Sample, sampleOfStream, sampleOfTokens, spreadSample, wholeRun } from '../../pipeline/record/sample.ts';

/** Contexts of three tokens: BOS, the context's number twice. */
const numbered = (count: number) =>
  contextsInMemory(
    Array.from({ length: count }, (_, context) => Int32Array.of(-1, context, context)),
    3,
  );
const numbersOf = (sample: Sample) => [...sample].map(({ context }) => context);

async function* streamed(count: number) {
  for (let context = 0; context < count; context++) yield Int32Array.of(-1, context, context);
}

/** Every context under its own number, and `has` of those alone. */
function expectHonest(sample: Sample): void {
  const contexts = [...sample];
  expect(contexts).toHaveLength(sample.size);
  for (const { context, tokens } of contexts) expect([...tokens]).toEqual([-1, context, context]);
  const chosen = new Set(contexts.map(({ context }) => context));
  for (let context = 0; context < sample.of; context++) expect(sample.has(context)).toBe(chosen.has(context));
  expect(contexts.map(({ context }) => context)).toEqual([...chosen].sort((a, b) => a - b));
}

test.each([
  [1, 1],
  [7, 7],
  [7, 3],
  [100, 7],
  [101, 100],
  [997, 64],
  [997, 1],
])('of %d contexts %d are chosen under their own numbers, ascending', (count, most) => {
  const sample = spreadSample(numbered(count), most);
  expect([sample.size, sample.of]).toEqual([most, count]);
  expectHonest(sample);
});

it('is spread over the whole run: one context of each of as many equal stretches', () => {
  expect(numbersOf(spreadSample(numbered(10), 5))).toEqual([0, 2, 4, 6, 8]);
  const numbers = numbersOf(spreadSample(numbered(997), 10));
  for (const [i, context] of numbers.entries()) expect(Math.floor((context * 10 + 9) / 997)).toBe(i);
});

it('is the whole run where that has no more contexts, and never nothing of a run', () => {
  expect(numbersOf(wholeRun(numbered(4)))).toEqual([0, 1, 2, 3]);
  expect(numbersOf(spreadSample(numbered(4), 9))).toEqual([0, 1, 2, 3]);
  expect(numbersOf(sampleOfTokens(numbered(4), 1))).toEqual([0]);
});

it('counts tokens without BOS', () => {
  expect(sampleOfTokens(numbered(50), 21)).toMatchObject({ size: 10, of: 50, length: 3 });
});

describe('a sample of a stream', () => {
  it.each([
    [3, 5],
    [10, 7],
    [1234, 7],
  ])('of %d contexts has at most %d, under their own numbers', async (count, most) => {
    const sample = await sampleOfStream(streamed(count), most);
    expect([sample.size, sample.of]).toEqual([Math.min(count, most), count]);
    expectHonest(sample);
  });

  it('of no context is empty', async () => {
    expect(await sampleOfStream(streamed(0), 5)).toMatchObject({ size: 0, of: 0 });
  });
});
