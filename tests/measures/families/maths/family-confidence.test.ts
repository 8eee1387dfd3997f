import { describe, expect, it } from 'vitest';
import { calibrationCounts } from '../../../../pipeline/measures/families/maths/family-calibration.ts';
import {
  confidences,
  countCalls,
  familyConfidence,
  verdictConfidence,
} from '../../../../pipeline/measures/families/maths/family-confidence.ts';
import { type Family, families } from '../../../../pipeline/measures/families/maths/family-names.ts';
import { noScores } from '../family-scores.ts';

const count = (least: number, features: number, right: number, family: Family = 'induction') => ({
  ...{ family, least, features, right },
});

describe('calls to made features', () => {
  it('are counted by the family called and the level of its score; "unclear" and the dead are none', () => {
    const call = (truth: Family | null, called: Family | null, score: number) => ({ truth, called, score });
    const calls = [
      call('BOS', 'BOS', 0.95),
      call('positional', 'BOS', 0.9),
      call('BOS', 'BOS', 0.89),
      call('BOS', 'unclear', 0),
      call('BOS', null, 0),
      call(null, 'BOS', 1),
    ];
    expect(countCalls(calls)).toEqual([count(0.8, 1, 1, 'BOS'), count(0.9, 2, 1, 'BOS')]);
  });
});

describe('confidence', () => {
  it('is the share of made features that were right, never quite all', () => {
    const [cell] = confidences([count(0.9, 98, 98)]);
    expect(cell?.share).toBe(0.99);
    expect(cell?.interval.high).toBeCloseTo(1, 10);
  });

  it('takes levels with too few features together, and keeps those with enough apart', () => {
    const cells = confidences([count(0.6, 10, 5), count(0.7, 20, 13), count(0.8, 40, 39), count(0.9, 5, 5)]);
    expect(cells.map(({ least, features, right }) => [least, features, right])).toEqual([
      [0.6, 30, 18],
      [0.8, 45, 44],
    ]);
  });

  it('adds up the counts of several seeds', () => {
    expect(confidences([count(0.9, 30, 30), count(0.9, 30, 27)]).map(({ share }) => share)).toEqual([58 / 62]);
  });

  it('is known of every family but "unclear" at any score, and is that of its own range', () => {
    for (const family of families) {
      for (const score of [0.25, 0.5, 0.6, 0.75, 1]) {
        const cell = familyConfidence(family, score);
        expect(cell === undefined).toBe(family === 'unclear');
        if (!cell) continue;
        expect(cell.family).toBe(family);
        expect(cell.share).toBeGreaterThan(0.3);
        expect(cell.share).toBeLessThan(1);
      }
    }
    const all = confidences(calibrationCounts).filter(({ family }) => family === 'high-level context');
    expect(familyConfidence('high-level context', 1)).toEqual(all.at(-1));
    expect(all.length).toBeGreaterThan(1);
  });
});

describe('the confidence in a verdict', () => {
  const scores = { ...noScores, high_level_context: 0.95 };
  const verdict = (of: number) => ({ family: 'high-level context' as const, scores, support: { shown: of, of } });

  it('is unknown where fewer texts were looked at than in the calibration', () => {
    expect(verdictConfidence(verdict(1))).toBeUndefined();
    expect(verdictConfidence(verdict(2))).toBeUndefined();
    expect(verdictConfidence(verdict(3))).toBe(familyConfidence('high-level context', 0.95)?.share);
  });

  it('is that of its score where no example shows a family, as of a positional one', () => {
    const positional = { family: 'positional' as const, scores: { ...noScores, positional: 0.9 }, support: undefined };
    expect(verdictConfidence(positional)).toBe(familyConfidence('positional', 0.9)?.share);
  });
});
