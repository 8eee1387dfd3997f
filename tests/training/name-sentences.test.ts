import { expect, test } from 'vitest';
import { templates } from '../../pipeline/measures/studies/ioi/maths/wording.ts';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { nameSentences, names } from '../../pipeline/training/name-sentences.ts';

const sentences = (() => {
  const random = seededRandom(3);
  return Array.from({ length: 2000 }, () => nameSentences(random));
})();

test('a sentence names two people once, then one of them again, and ends with the other', () => {
  const orders = new Set<string>();
  for (const sentence of sentences) {
    const people = (sentence.match(/\w+/g) ?? []).filter((word) => names.includes(word));
    const [first, second, giver, receiver] = people;
    expect(people, sentence).toHaveLength(4);
    expect(first).not.toBe(second);
    expect(new Set([giver, receiver])).toEqual(new Set([first, second]));
    expect(sentence.endsWith(` ${receiver}.`), sentence).toBe(true);
    expect(sentence).not.toMatch(/[[\]]/);
    orders.add(giver === first ? 'BABA' : 'ABBA');
  }
  expect(orders).toEqual(new Set(['ABBA', 'BABA']));
});

/** What comes before the two names, and between them and the giver, in words that the templates fill in. */
const parts = (text: string, person: string) => text.split(person).map((part) => part.trim());

test('no sentence is told in the words of a template of the IOI study', () => {
  const filled = new RegExp(`\\b(${names.join('|')})\\b`, 'g');
  const told = new Set(sentences.map((sentence) => parts(sentence.replace(filled, '#'), '#')[0] ?? ''));
  const study = templates.map((template) => parts(template, '[FIRST]')[0] ?? '');
  for (const opening of study.filter((words) => words.split(' ').length > 1)) expect(told).not.toContain(opening);
  const whole = sentences.map((sentence) => sentence.replace(filled, '#'));
  for (const template of templates) {
    const pattern = template
      .replace(/[.*+?^${}()|\\]/g, '\\$&')
      .replace(/\[(FIRST|SECOND|GIVER)\]/g, '#')
      .replace(/\[(PLACE|OBJECT)\]/g, '\\w+');
    expect(whole.filter((sentence) => new RegExp(pattern).test(sentence))).toEqual([]);
  }
});
