import { expect, test } from 'vitest';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { repeatedTokens } from '../../pipeline/training/sequences.ts';
import { names, objects, places, tellStory } from '../../pipeline/training/stories.ts';

const options = { length: 60, alphabet: { first: 3, count: 1000 }, shortest: 5, longest: 20, longestPrefix: 10 };

/** The shortest period that the end of a sequence has, from the first position on where it holds. */
function period(tokens: readonly number[], from: number): number {
  const tail = tokens.slice(from);
  for (let p = 1; p < tail.length; p++) if (tail.every((token, i) => i < p || token === tail[i - p])) return p;
  return tail.length;
}

test('a repeated sequence is a prefix of at most the given length, then one segment again and again', () => {
  const periods = new Set<number>();
  for (let seed = 0; seed < 200; seed++) {
    const tokens = repeatedTokens(seededRandom(seed), options);
    expect(tokens).toHaveLength(60);
    expect(tokens.every((token) => token >= 3 && token < 1003)).toBe(true);
    periods.add(period(tokens, 10));
  }
  expect(Math.min(...periods)).toBe(5);
  expect(Math.max(...periods)).toBe(20);
});

test('equal seeds give equal sequences and other seeds others', () => {
  const draw = (...seeds: number[]) => repeatedTokens(seededRandom(...seeds), options);
  expect(draw(1, 2)).toEqual(draw(1, 2));
  expect(draw(1, 2)).not.toEqual(draw(2, 1));
});

test('a story names two people once, then the giver again, and ends with the other', () => {
  const random = seededRandom(3);
  const orders = new Set<string>();
  for (let i = 0; i < 300; i++) {
    const story = tellStory(random);
    const people = (story.match(/\w+/g) ?? []).filter((word) => names.includes(word));
    const [first, second, giver, receiver] = people;
    expect(people).toHaveLength(4);
    expect(first).not.toBe(second);
    expect(new Set([giver, receiver])).toEqual(new Set([first, second]));
    expect(story).toMatch(new RegExp(`to ${receiver}\\.$`));
    expect(story).not.toMatch(/PLACE|OBJECT|\b[ABGR]\b/);
    expect([places, objects].every((list) => list.some((word) => story.includes(word)))).toBe(true);
    orders.add(giver === first ? 'ABAB' : 'ABBA');
  }
  expect(orders).toEqual(new Set(['ABAB', 'ABBA']));
});
