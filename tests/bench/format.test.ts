import { describe, expect, it } from 'vitest';
import {
  aimLine,
  formatMegabytes,
  formatNumber,
  formatParts,
  formatPercent,
  formatRatio,
  reportLine,
} from '../../bench/format.ts';
import { describeShape } from '../../bench/shape.ts';

describe('the benchmark’s report', () => {
  it('groups the digits of large numbers and shows three of small ones', () => {
    expect([24_119.6, 999.6, 12.345, 0.01234].map(formatNumber)).toEqual(['24,120', '1000', '12.3', '0.0123']);
  });

  it('names the unit of a figure', () => {
    expect(formatRatio(1.5)).toBe('1.50×');
    expect(formatPercent(0.6049)).toBe('60.5 %');
    expect(formatMegabytes(1_234_567)).toBe('1.23 MB');
    expect(formatParts({ forward: 1.204, rows: 0.3 })).toBe('forward 1.20 s, rows 0.30 s');
  });

  it('puts figures in a column and says what explains them after it', () => {
    expect(reportLine('pipeline', '24,120 tokens/s', 'so fast')).toBe(
      '  pipeline                              24,120 tokens/s   so fast',
    );
    expect(reportLine('pipeline', '24,120 tokens/s')).toBe('  pipeline                              24,120 tokens/s');
  });

  it('says whether an aim was met', () => {
    expect(aimLine('ratio', '1.60×', { text: '1.5×', met: true })).toContain('1.60×   meets the aim of 1.5×');
    expect(aimLine('ratio', '1.40×', { text: '1.5×', met: false })).toContain('1.40×   misses the aim of 1.5×');
  });

  it('describes a shape in a line', () => {
    const shape = {
      name: 'A',
      nLayers: 1,
      dModel: 256,
      nHeads: 8,
      dSae: 2048,
      contexts: 512,
      length: 128,
      vocabSize: 50_257,
    };
    expect(describeShape(shape)).toBe(
      'A: 1 layer of width 256, 8 heads, dSae 2,048, 512 contexts of 128, vocabulary 50,257',
    );
  });
});
