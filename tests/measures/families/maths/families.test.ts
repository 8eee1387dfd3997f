import { describe, expect, it } from 'vitest';
import {
  type CutExample,
  classifyFamily,
  type FamilyEvidence,
} from '../../../../pipeline/measures/families/maths/families.ts';
import type { ProxyAgreement } from '../../../../pipeline/measures/families/maths/induction-proxy.ts';
import type { Reading, TokenReading } from '../../../../pipeline/measures/families/maths/reading.ts';
import { type ReadingKind, readingKinds } from '../../../../pipeline/measures/families/maths/source-kinds.ts';
import { noScores } from '../family-scores.ts';

const all = (of: Partial<Record<ReadingKind, number>>) =>
  Object.fromEntries(readingKinds.map((kind) => [kind, of[kind] ?? 0])) as Record<ReadingKind, number>;

const reading = (
  shares: Partial<Record<ReadingKind, number>>,
  chance: Partial<Record<ReadingKind, number>> = {},
): Reading => ({
  mass: 1,
  shares: all(shares),
  chance: all(chance),
  logit: 0,
  profile: new Float64Array(11),
  copied: new Map(),
  tokens: new Map(),
});

/** An example that reads the token classes given, wherever they stand. */
const readingTokens = (shares: Record<number, number>, chance = 0.1, squaredDistance = 50): Reading => ({
  ...reading({}),
  tokens: new Map(
    Object.entries(shares).map(([token, share]): [number, TokenReading] => [
      +token,
      { share, chance, distance: 5, squaredDistance },
    ]),
  ),
});

const cut = (curve: number[], arrival?: number): CutExample => ({ value: 1, curve, arrival });
const cuts = (...arrivals: number[]) => arrivals.map((arrival) => cut([], arrival));

const evidence = (readings: Reading[], more: Partial<FamilyEvidence> = {}): FamilyEvidence => ({
  readings,
  positional: 0,
  curve: [],
  cuts: [],
  proxy: undefined,
  ...more,
});

const ten = (one: Reading) => new Array<Reading>(10).fill(one);
const local = [0.2, 0.9, 0.95, 0.95];
const highLevel = [0, 0.1, 0.2, 0.3, 0.4, 0.7, 0.9];

const proxy = (topSpecificity: number): ProxyAgreement => ({
  held: [],
  missed: [],
  silent: 0,
  specificity: 0.5,
  topSpecificity,
  sensitivity: 0.5,
});

describe('a feature is called', () => {
  it('by what its attribution reads', () => {
    for (const kind of readingKinds) expect(classifyFamily(evidence(ten(reading({ [kind]: 0.9 })))).family).toBe(kind);
  });

  it('unclear where no source of one kind carries enough', () => {
    expect(classifyFamily(evidence(ten(reading({ induction: 0.4, 'current token': 0.4 }))))).toMatchObject({
      family: 'unclear',
      support: undefined,
    });
  });

  it('unclear where its examples end in fewer than three texts, however many they are and however clear', () => {
    const texts = (count: number) => new Array<Reading>(count).fill(reading({ induction: 1 }));
    expect(classifyFamily(evidence(texts(2))).family).toBe('unclear');
    expect(classifyFamily(evidence(texts(3))).family).toBe('induction');
    expect(classifyFamily(evidence(texts(2), { positional: 0.9 })).family).toBe('positional');
    const twoCuts = { curve: highLevel, cuts: cuts(0.1, 0.1) };
    expect(classifyFamily(evidence(texts(2), twoCuts)).family).toBe('unclear');
  });

  it('nothing for what an even reader would read as well', () => {
    const repetitive = reading({ induction: 0.9 }, { induction: 0.9 });
    expect(classifyFamily(evidence(ten(repetitive))).family).toBe('unclear');
  });

  it('induction on a smaller share where the proxy holds on its strong activations', () => {
    const weak = ten(reading({ induction: 0.4 }));
    expect(classifyFamily(evidence(weak, { proxy: proxy(0.9) })).family).toBe('induction');
    expect(classifyFamily(evidence(weak, { proxy: proxy(0.5) })).family).toBe('unclear');
  });

  it('local or high-level by what cutting the context does', () => {
    const spread = ten(reading({ 'previous token': 0.3, 'current token': 0.3 }));
    expect(classifyFamily(evidence(spread, { curve: local })).family).toBe('local context');
    expect(classifyFamily(evidence(spread, { curve: highLevel })).family).toBe('high-level context');
    expect(classifyFamily(evidence(spread, { curve: [0.1, 0.2, 0.3, 0.4, 0.6, 0.9, 1] })).family).toBe('unclear');
  });

  it('neither local nor high-level where the contexts are too short to tell', () => {
    const spread = ten(reading({ induction: 0.1, copying: 0.1 }));
    // Contexts of 6 tokens can be cut to 4 at most: the whole activation may be there with the last 8 of 100, or may not.
    expect(classifyFamily(evidence(spread, { curve: [0.1, 0.5, 0.8] })).family).toBe('unclear');
    expect(classifyFamily(evidence(spread, { curve: [0.1, 0.2, 0.3, 0.2] })).family).toBe('unclear');
    expect(classifyFamily(evidence(spread, { curve: [0.95, 0.97] })).family).toBe('local context');
    expect(classifyFamily(evidence(spread, { curve: [0.1, 0.5, 0.8] })).scores.local_context).toBeNull();
  });

  it('high-level rather than current token where the stream it reads there took many tokens to build', () => {
    expect(classifyFamily(evidence(ten(reading({ 'current token': 0.9 })), { curve: highLevel })).family).toBe(
      'high-level context',
    );
  });

  it('by its succession even where that is read off the present token', () => {
    const successor = reading({ succession: 0.9, 'current token': 0.9 });
    expect(classifyFamily(evidence(ten(successor))).family).toBe('succession');
    const anyOrder = reading({ succession: 0.9, 'current token': 0.9 }, { succession: 0.8 });
    expect(classifyFamily(evidence(ten(anyOrder))).family).toBe('current token');
  });

  it('induction rather than copying where what it copies followed the present token before', () => {
    expect(classifyFamily(evidence(ten(reading({ induction: 0.8, copying: 0.9 })))).family).toBe('induction');
    expect(classifyFamily(evidence(ten(reading({ induction: 0.1, copying: 0.9 })))).family).toBe('copying');
  });

  it('a skip-gram where it reads one and the same token in all examples, at changing distances', () => {
    expect(classifyFamily(evidence(ten(readingTokens({ 7: 0.9 })))).family).toBe('skip-gram');
    const changing = [1, 2, 3, 4].map((token) => readingTokens({ [token]: 0.9 }));
    expect(classifyFamily(evidence(changing)).family).toBe('unclear');
    expect(classifyFamily(evidence(ten(readingTokens({ 7: 0.9 }, 0.9)))).family).toBe('unclear');
    expect(classifyFamily(evidence(ten(readingTokens({ 7: 0.9 }, 0.1, 25)))).family).toBe('unclear');
  });

  it('previous token rather than skip-gram where the one token it reads is always the one before', () => {
    const fixed = {
      ...readingTokens({ 7: 0.9 }),
      shares: all({ 'previous token': 0.9 }),
      chance: all({ 'previous token': 0.1 }),
    };
    expect(classifyFamily(evidence(ten(fixed))).family).toBe('previous token');
  });

  it('high-level rather than skip-gram where the token it reads does not bring the activation back', () => {
    const one = ten(readingTokens({ 7: 0.9 }));
    expect(classifyFamily(evidence(one, { curve: highLevel, cuts: cuts(0.2, 0.3) })).family).toBe('high-level context');
    expect(classifyFamily(evidence(one, { curve: highLevel, cuts: cuts(0.9, 0.8) })).family).toBe('skip-gram');
  });

  it('induction however far back its source is', () => {
    expect(classifyFamily(evidence(ten(reading({ induction: 0.9 })), { curve: highLevel })).family).toBe('induction');
  });

  it('positional before all else', () => {
    const first = classifyFamily(evidence(ten(reading({ BOS: 1 })), { positional: 0.95 }));
    expect(first).toMatchObject({ family: 'positional', support: undefined });
  });
});

describe('the support of a family', () => {
  it('is how many distinct examples show it alone', () => {
    const [yes, no] = [reading({ induction: 1 }), reading({ induction: 0.3 })];
    const { family, support } = classifyFamily(evidence([...ten(yes), no, no]));
    expect([family, support]).toEqual(['induction', { shown: 10, of: 12 }]);
  });

  it('is of the examples cut short for local and high-level context', () => {
    const { family, support } = classifyFamily(
      evidence(ten(reading({ 'previous token': 0.3 })), {
        curve: highLevel,
        cuts: [cut(highLevel), cut(highLevel), cut([1, 1])],
      }),
    );
    expect([family, support]).toEqual(['high-level context', { shown: 2, of: 3 }]);
  });

  it('is counted apart from the scores, which hold evidence alone', () => {
    const { scores } = classifyFamily(evidence(ten(reading({ induction: 1 })), { curve: local, proxy: proxy(1) }));
    expect(Object.keys(scores)).toEqual(Object.keys(noScores));
    expect(scores.high_level_context).toBeCloseTo(0.05, 10);
    expect(scores.local_context).toBeCloseTo(0.95, 10);
  });
});
