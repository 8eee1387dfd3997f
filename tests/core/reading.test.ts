import { describe, expect, it } from 'vitest';
import { meanProfile, profileBins, readingOf } from '../../pipeline/core/reading.ts';

/** BOS, A B C A: the present token is A, B is next by induction, position 1 is its duplicate. */
const classes = [9, 1, 2, 3, 1];
const read = (bySource: number[], promoted = new Map<number, number>()) =>
  readingOf({ classes, position: 4, bySource, promoted });
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
    });
  });

  it('counts only what raised the activation', () => {
    expect(read([-5, 0, 1, -9, 0])).toMatchObject({ mass: 1, shares: { induction: 1, BOS: 0 } });
  });

  it('knows what an even reader would have read', () => {
    expect(read([0, 1, 1, 1, 1]).chance).toMatchObject({ induction: 1 / 4, 'duplicate token': 1 / 4, BOS: 0 });
  });

  it('weighs the logit effect on the tokens read by induction', () => {
    expect(read([0, 0, 1, 1, 0], new Map([[2, 0.75]])).logit).toBe(0.75);
    expect(read([0, 0, 1, 1, 0]).logit).toBe(0);
    expect([...read([0, 1, 3, 1, 0]).copied]).toEqual([[2, 3]]);
  });

  it('takes BOS for no occurrence of a token', () => {
    const { shares } = readingOf({ classes: [1, 2, 1], position: 2, bySource: [1, 1, 0], promoted: new Map() });
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

  it('is nothing where nothing raised the activation', () => {
    expect(read([0, 0, 0, 0, 0])).toMatchObject({ mass: 0, shares: { induction: 0, 'current token': 0 } });
    expect([...meanProfile([])].every((share) => share === 0)).toBe(true);
  });
});
