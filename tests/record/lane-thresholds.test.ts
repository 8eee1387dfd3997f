import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { LaneThresholds, sharedThresholds } from '../../pipeline/record/lane-thresholds.ts';
import { TopExamples } from '../../pipeline/record/top-examples.ts';

const [features, k] = [3, 4];

/** Parts of a corpus that are recorded side by side. */
function lanesOf(count: number) {
  const all = sharedThresholds(count, features);
  return Array.from({ length: count }, (_, lane) => {
    const thresholds = new LaneThresholds(all, lane, features);
    return { thresholds, top: new TopExamples(features, k, undefined, thresholds.own) };
  });
}

describe('thresholds of parts that are recorded at once', () => {
  it('beat what is less than another part’s whole top of that feature, and nothing else', () => {
    const [here, there] = lanesOf(2);
    if (!here || !there) throw new Error('unreachable: two were made');
    for (const value of [2, 3, 4]) there.top.add(1, value, value);
    expect(here.thresholds.isBeaten(1, 1)).toBe(false);
    there.top.add(1, 5, 5);
    expect(here.thresholds.isBeaten(1, 1)).toBe(true);
    expect(here.thresholds.isBeaten(1, 2)).toBe(false);
    expect(here.thresholds.isBeaten(0, 1)).toBe(false);
    expect(there.thresholds.isBeaten(1, 1)).toBe(false);
  });

  it.each([2, 3])('beat nothing that is in the top of all %i parts', (count) => {
    const random = seededRandom(7);
    const lanes = lanesOf(count);
    const activations = Array.from({ length: 900 }, (_, token) => ({
      ...{ token, feature: token % features, value: Math.ceil(40 * random()) },
    }));
    const whole = new TopExamples(features, k);
    for (const { token, feature, value } of activations) {
      if (whole.admits(feature, value)) whole.add(feature, token, value);
    }
    const wanted = new Set<number>();
    let admitted = 0;
    // In turn, so that each knows something of the others: a part is a stretch of tokens.
    const stretch = activations.length / count;
    for (let i = 0; i < stretch; i++) {
      for (const [lane, { top, thresholds }] of lanes.entries()) {
        const { token, feature, value } = activations[lane * stretch + i] ?? { token: -1, feature: 0, value: 0 };
        if (!top.admits(feature, value)) continue;
        top.add(feature, token, value);
        admitted++;
        if (!thresholds.isBeaten(feature, value)) wanted.add(token);
      }
    }
    const kept = Array.from({ length: features }, (_, feature) => whole.of(feature).map(({ token }) => token)).flat();
    expect(kept.filter((token) => !wanted.has(token))).toEqual([]);
    expect(wanted.size).toBeLessThan(admitted);
  });
});
