import { describe, expect, it, test } from 'vitest';
import {
  type DatasetOptions,
  makeDataset,
  type Prompt,
  variants,
} from '../../../../../pipeline/measures/studies/ioi/maths/dataset.ts';
import * as wording from '../../../../../pipeline/measures/studies/ioi/maths/wording.ts';

const bos = 0;

/** Words and marks, each a token; words of `split` are two. */
function tokenizer(split: readonly string[] = []) {
  const texts = ['<bos>'];
  const idOf = (text: string) => {
    if (!texts.includes(text)) texts.push(text);
    return texts.indexOf(text);
  };
  const parts = (text: string) =>
    (text.match(/ ?[a-z]+|[.,]/gi) ?? []).flatMap((word) =>
      split.includes(word.trim()) ? [word.slice(0, 2), word.slice(2)] : [word],
    );
  return { text: (id: number) => texts[id], encode: (text: string) => parts(text).map(idOf) };
}

function make(options: Partial<DatasetOptions> = {}, split: readonly string[] = []) {
  const { encode, text } = tokenizer(split);
  const dataset = makeDataset({ encode, bosTokenId: bos, nContext: 64, scenes: 3, seed: 4, ...options });
  const at = ({ tokens }: Prompt, position: number) => text(tokens[position] ?? -1)?.trim();
  return { dataset, at, text };
}

describe('every telling of every template', () => {
  const { dataset, at, text } = make();
  const prompts = dataset.tellings.flatMap((telling) =>
    variants.map((variant) => ({ variant, prompt: telling[variant] })),
  );

  it('is there in both orders, all fifteen templates of them', () => {
    expect(dataset.templates).toEqual([...wording.templates.keys()]);
    expect(dataset.tellings.length).toBe(15 * 3 * 2);
    expect(dataset.tellings.map(({ clean }) => clean.order).slice(0, 4)).toEqual(['ABBA', 'BABA', 'ABBA', 'BABA']);
  });

  it('has the receiver and the giver where it says, and ends before the answer', () => {
    for (const { prompt } of prompts) {
      const { places, tokens, order } = prompt;
      expect(tokens[0]).toBe(bos);
      expect(tokens[places.io]).toBe(prompt.io);
      expect(tokens[places.s1]).toBe(prompt.s);
      expect(places.afterS1).toBe(places.s1 + 1);
      expect(places.end).toBe(tokens.length - 1);
      expect(at(prompt, places.end)).toBe('to');
      expect(places.s2).toBeGreaterThan(Math.max(places.io, places.s1));
      expect(order === 'ABBA').toBe(places.io < places.s1);
      expect(places.conjunction).toBe(Math.min(places.io, places.s1) + 1);
    }
  });

  it('repeats the giver, but for the variant in which someone unrelated gives', () => {
    for (const { prompt, variant } of prompts) {
      const again = prompt.tokens[prompt.places.s2];
      expect(again === prompt.s).toBe(variant !== 'unrelated giver');
      expect(again).not.toBe(prompt.io);
      expect(wording.names).toContain(at(prompt, prompt.places.s2));
    }
  });

  it('says the receiver once and the giver as often as it should', () => {
    for (const { prompt, variant } of prompts) {
      const times = (id: number) => prompt.tokens.filter((token) => token === id).length;
      expect([times(prompt.io), times(prompt.s)]).toEqual([1, variant === 'unrelated giver' ? 1 : 2]);
    }
  });

  it('changes one thing only in each variant', () => {
    for (const { clean, ...changed } of dataset.tellings) {
      const differs = (prompt: Prompt) => [...prompt.tokens.keys()].filter((i) => prompt.tokens[i] !== clean.tokens[i]);
      const { io, s1, s2, conjunction } = clean.places;
      expect(differs(changed['unrelated giver'])).toEqual([s2]);
      expect(differs(changed['other names'])).toEqual([io, s1, s2].toSorted((a, b) => a - b));
      expect(differs(changed.conjunction)).toEqual([conjunction]);
      expect(differs(changed.order)).toEqual([io, s1].toSorted((a, b) => a - b));
      expect([changed.order.io, changed.order.s]).toEqual([clean.io, clean.s]);
      expect(text(changed.conjunction.tokens[conjunction] ?? -1)).toBe(' alongside');
    }
  });

  it('is moved by the same number of positions in the shifted variant', () => {
    const moves = dataset.tellings.map(({ clean, shifted }) => shifted.places.s2 - clean.places.s2);
    expect(new Set(moves).size).toBe(1);
    expect(moves[0]).toBeGreaterThan(3);
    for (const { clean, shifted } of dataset.tellings) {
      expect(shifted.text.endsWith(clean.text)).toBe(true);
      expect(shifted.places.end - shifted.places.s2).toBe(clean.places.end - clean.places.s2);
    }
  });
});

test('a seed gives the same scenes, another seed other ones', () => {
  const texts = (seed: number) => make({ seed }).dataset.tellings.map(({ clean }) => clean.text);
  expect(texts(4)).toEqual(texts(4));
  expect(texts(5)).not.toEqual(texts(4));
});

test('names that the vocabulary splits are left out', () => {
  const { dataset } = make({}, ['Mary', 'John', 'alongside']);
  expect(dataset.names).toEqual(wording.names.slice(2));
  expect(dataset.substitute).toBe('with');
  expect(dataset.tellings.some(({ clean }) => / (Mary|John)\b/.test(clean.text))).toBe(false);
});

test('templates that are too long for the model are left out', () => {
  const { dataset } = make({ nContext: 28 });
  expect(dataset.templates.length).toBeGreaterThan(0);
  expect(dataset.templates.length).toBeLessThan(15);
  expect(dataset.length).toBeLessThanOrEqual(28);
});

test.each([
  [{}, wording.names.slice(7), /^too few names .*: 7 of 60 are one token of this vocabulary, expected at least 8$/],
  [{}, wording.substitutes, /^no word for indirect-object identification: expected "and" and one of alongside, /],
  [{}, ['and'], /^no word for indirect-object identification/],
  [{ nContext: 12 }, [], /^no room for .*: no template fits the model's 12 positions$/],
])('a model that cannot be asked is named: %#', (options, split, message) => {
  expect(() => make(options, split)).toThrow(message);
});
