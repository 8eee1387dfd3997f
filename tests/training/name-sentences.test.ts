import { expect, test } from 'vitest';
import { templates } from '../../pipeline/measures/studies/ioi/maths/wording.ts';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { nameSentences } from '../../pipeline/training/name-sentences.ts';
import { names } from '../../pipeline/training/name-wording.ts';

const sentences = (() => {
  const random = seededRandom(3);
  return Array.from({ length: 2000 }, () => nameSentences(random));
})();

test('two people are named once, and each sentence after that names one of them and ends with the other', () => {
  const orders = new Set<string>();
  const counts = new Set<number>();
  for (const sentence of sentences) {
    const people = (sentence.match(/\w+/g) ?? []).filter((word) => names.includes(word));
    const [first = '', second = '', ...later] = people;
    expect(first).not.toBe(second);
    expect(later.length % 2, sentence).toBe(0);
    for (let i = 0; i < later.length; i += 2) {
      expect(new Set(later.slice(i, i + 2))).toEqual(new Set([first, second]));
      expect(sentence).toContain(` ${later[i + 1]}.`);
    }
    expect(sentence.endsWith(` ${later.at(-1)}.`), sentence).toBe(true);
    expect(sentence).not.toMatch(/[[\]]/);
    orders.add(later[0] === first ? 'BABA' : 'ABBA');
    counts.add(later.length / 2);
  }
  expect(orders).toEqual(new Set(['ABBA', 'BABA']));
  expect([Math.min(...counts), Math.max(...counts)]).toEqual([1, 10]);
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
