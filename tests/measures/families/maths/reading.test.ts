import { describe, expect, it } from 'vitest';
import type { PromotedTokens } from '../../../../pipeline/measures/families/maths/promoted-tokens.ts';
import { meanProfile, profileBins, readingOf } from '../../../../pipeline/measures/families/maths/reading.ts';
import type { ReadingKind } from '../../../../pipeline/measures/families/maths/source-kinds.ts';
import { noSuccession, type SuccessionTable } from '../../../../pipeline/measures/families/maths/succession.ts';
import { randomInteger, seededRandom } from '../../../../pipeline/numbers/seeded-random.ts';

/** BOS, A B C A: the present token is A, B is next by induction, position 1 is its duplicate. */
const classes = [9, 1, 2, 3, 1];
const promotes = (effects: readonly (readonly [number, number])[]): PromotedTokens => ({
  effects: new Map(effects),
  clear: new Set(effects.flatMap(([token, effect]) => (effect >= 0.5 ? [token] : []))),
});
const read = (bySource: number[], effects: readonly (readonly [number, number])[] = [], succession = noSuccession) =>
  readingOf({ classes, position: 4, bySource, promoted: promotes(effects), succession });
/** A, B, C in order. */
const abc: SuccessionTable = {
  next: new Map([
    [1, [2]],
    [2, [3]],
  ]),
  previous: new Map([
    [2, [1]],
    [3, [2]],
  ]),
};
/** Of A, B and C in order, source by source. */
function literalReading(classes: number[], bySource: number[], { effects, clear }: PromotedTokens, reach: number) {
  const t = bySource.length - 1;
  const effect = (token: number) => effects.get(token) ?? 0;
  const promotes = (token: number, than: number) => clear.has(token) && effect(token) > effect(than);
  const follows = (s: number, by: 1 | -1) => {
    const [own, other] = [classes[s] ?? 0, (classes[s] ?? 0) + by];
    return own >= 1 && own <= 3 && other >= 1 && other <= 3 && promotes(other, own);
  };
  const kinds: Record<ReadingKind, (s: number) => boolean> = {
    induction: (s) => s >= 2 && s < t && classes[s - 1] === classes[t],
    'duplicate token': (s) => s >= 1 && s < t && classes[s] === classes[t],
    succession: (s) => s >= 1 && follows(s, 1),
    copying: (s) => s >= 1 && clear.has(classes[s] ?? 0),
    'previous token': (s) => s >= 1 && s === t - 1,
    'current token': (s) => s >= 1 && s === t,
    BOS: (s) => s === 0,
  };
  const sources = [...bySource.keys()];
  const read = (is: (s: number) => boolean) =>
    sources.filter(is).reduce((sum, s) => sum + Math.max(0, bySource[s] ?? 0), 0);
  const mass = read(() => true);
  const share = (part: number) => (mass > 0 ? part / mass : 0);
  const even = (is: (s: number) => boolean) => sources.filter((s) => s > t - reach && is(s)).length / reach;
  const shares = Object.fromEntries(Object.entries(kinds).map(([kind, is]) => [kind, share(read(is))]));
  const chance = Object.fromEntries(Object.entries(kinds).map(([kind, is]) => [kind, even(is)]));
  const backwards = share(read((s) => s >= 1 && follows(s, -1)));
  const tokens = [...new Set(classes.slice(1, t + 1))]
    .map((token) => [token, (s: number) => s >= 1 && classes[s] === token] as const)
    .filter(([, is]) => read(is) > 0)
    .map(([token, is]) => [token, share(read(is)), even(is)]);
  return {
    mass,
    shares,
    chance: { ...chance, BOS: 0, succession: Math.max(chance.succession ?? 0, backwards) },
    tokens,
  };
}
const bin = (name: (typeof profileBins)[number]) => profileBins.indexOf(name);

describe('what an example read', () => {
  it('is sorted by what its sources are to the present token', () => {
    const { mass, shares } = read([1, 2, 4, 8, 16]);
    expect(mass).toBe(31);
    expect(shares).toEqual({
      BOS: 1 / 31,
      'duplicate token': 2 / 31,
      induction: 4 / 31,
      'previous token': 8 / 31,
      'current token': 16 / 31,
      succession: 0,
      copying: 0,
    });
  });

  it('counts only what raised the activation', () => {
    expect(read([-5, 0, 1, -9, 0])).toMatchObject({ mass: 1, shares: { induction: 1, BOS: 0 } });
  });

  it('knows what an even reader would have read', () => {
    expect(read([0, 1, 1, 1, 1]).chance).toMatchObject({ induction: 1 / 4, 'duplicate token': 1 / 4, BOS: 0 });
  });

  it('has by chance what a reader would have that takes the same from every source in the window', () => {
    const within = (window: number) =>
      readingOf({
        ...{ classes, position: 4, bySource: [0, 1, 1, 1, 1], promoted: promotes([]) },
        ...{ succession: noSuccession, window },
      });
    // Positions 3 and 4: neither the duplicate at 1 nor what follows it at 2.
    expect(within(2).chance).toMatchObject({ induction: 0, 'duplicate token': 0, 'previous token': 1 / 2, BOS: 0 });
    expect(within(2).tokens.get(3)?.chance).toBe(1 / 2);
    expect(within(3).chance).toMatchObject({ induction: 1 / 3, 'duplicate token': 0 });
    expect(within(5)).toEqual(within(9));
  });

  it('weighs the logit effect on the tokens read by induction', () => {
    expect(read([0, 0, 1, 1, 0], [[2, 0.75]]).logit).toBe(0.75);
    expect(read([0, 0, 1, 1, 0]).logit).toBe(0);
    expect([...read([0, 1, 3, 1, 0]).copied]).toEqual([[2, 3]]);
  });

  it('is copying where its token is promoted, at least half as much as the most promoted one', () => {
    const { shares, chance } = read(
      [0, 0, 2, 1, 1],
      [
        [2, 1],
        [3, 0.4],
      ],
    );
    expect([shares.copying, chance.copying]).toEqual([1 / 2, 1 / 4]);
    expect(read([0, 1, 1, 0, 2], [[1, 1]]).shares.copying).toBe(3 / 4);
  });

  it('is succession where what follows its token in a series is promoted, the present token included', () => {
    const promotingB = read([0, 1, 1, 0, 2], [[2, 1]], abc);
    expect(promotingB.shares.succession).toBe(3 / 4);
    expect(promotingB.chance.succession).toBe(1 / 2);
    expect(read([0, 1, 1, 0, 2], [[2, 1]]).shares.succession).toBe(0);
  });

  it('is no succession where its own token is promoted as much, or what goes before it as often', () => {
    const all: [number, number][] = [
      [1, 1],
      [2, 1],
      [3, 1],
    ];
    expect(read([0, 1, 1, 0, 2], all, abc).shares.succession).toBe(0);
    const outer: [number, number][] = [
      [1, 1],
      [3, 0.9],
    ];
    const { shares, chance } = read([0, 0, 1, 0, 0], outer, abc);
    expect([shares.succession, chance.succession]).toEqual([1, 1]);
  });

  it('knows what each token gave and from how far, and what an even reader would have had of it', () => {
    const { tokens } = read([5, 1, 2, 1, 1]);
    expect([...tokens]).toEqual([
      [1, { share: 0.2, chance: 1 / 2, distance: 1.5, squaredDistance: 4.5 }],
      [2, { share: 0.2, chance: 1 / 4, distance: 2, squaredDistance: 4 }],
      [3, { share: 0.1, chance: 1 / 4, distance: 1, squaredDistance: 1 }],
    ]);
  });

  it('takes BOS for no occurrence of a token', () => {
    const { shares } = readingOf({
      ...{ classes: [1, 2, 1], position: 2, bySource: [1, 1, 0], promoted: promotes([]), succession: noSuccession },
    });
    expect(shares).toMatchObject({ BOS: 0.5, induction: 0, 'duplicate token': 0, 'previous token': 0.5 });
  });

  it('has a profile whose shares add up, a matching source before its distance', () => {
    const profile = meanProfile([read([1, 1, 2, 0, 0]), read([0, 0, 0, 0, 4])]);
    expect(profile.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
    expect([bin('BOS'), bin('duplicate'), bin('induction'), bin('0')].map((i) => profile[i])).toEqual([
      1 / 8,
      1 / 8,
      1 / 4,
      1 / 2,
    ]);
  });

  it('is what the definitions say, read word for word, of random contexts', () => {
    const random = seededRandom(11);
    for (let turn = 0; turn < 200; turn++) {
      const position = randomInteger(random, 1, 40);
      const classes = Array.from({ length: position + 4 }, () => randomInteger(random, 0, 8));
      const bySource = Array.from({ length: position + 1 }, () => randomInteger(random, -2, 4));
      const effects = [1, 2, 3, 4].map((token): [number, number] => [token, randomInteger(random, 0, 4) / 4]);
      const promoted = promotes(effects);
      const window = turn % 3 === 0 ? null : randomInteger(random, 1, position);
      const reading = readingOf({ classes, position, bySource, promoted, succession: abc, window });
      const literal = literalReading(classes, bySource, promoted, Math.min(position, window ?? position));
      expect(reading.mass).toBe(literal.mass);
      for (const [kind, share] of Object.entries(literal.shares))
        expect(reading.shares[kind as ReadingKind], kind).toBeCloseTo(share, 12);
      for (const [kind, share] of Object.entries(literal.chance))
        expect(reading.chance[kind as ReadingKind], kind).toBeCloseTo(share, 12);
      const tokens = [...reading.tokens].map(([token, { share, chance }]) => [token, share, chance]);
      expect(tokens).toEqual(literal.tokens);
    }
  });

  it('is nothing where nothing raised the activation', () => {
    expect(read([0, 0, 0, 0, 0])).toMatchObject({ mass: 0, shares: { induction: 0, 'current token': 0 } });
    expect([...meanProfile([])].every((share) => share === 0)).toBe(true);
  });
});
