import { describe, expect, test } from 'vitest';
import { hostileTokens } from '../../bench/synthetic/hostile-tokens.ts';
import { exampleRecord } from '../../bench/synthetic/run-record.ts';
import { type Card, cardSvg } from '../../site/preview-image/card.ts';
import { headCard } from '../../site/preview-image/head-card.ts';
import { overviewCard } from '../../site/preview-image/overview-card.ts';
import { cardPng } from '../../site/preview-image/png.ts';
import { textWidth, wrapText } from '../../site/preview-image/text.ts';
import { headAttention, headRow, headScores } from './head-row.ts';

const row = headRow({
  layer: 5,
  head: 1,
  family_mix: [
    { family: 'BOS', share: 0.25, features: 2, leading: Int32Array.of(1) },
    { family: 'induction', share: 0.75, features: 8, leading: Int32Array.of(2) },
  ],
  scores: { ...headScores, roles_low: 1.2, roles_high: 1.2 },
  attention: { ...headAttention, induction_on_repeats: 0.5 },
  polysemanticity: 'monosemantic candidate',
});

/** Width and height from a PNG's header chunk. */
const sizeOf = (png: Uint8Array) => {
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
};

describe('a preview’s picture', () => {
  test('is a PNG of 1200 × 630, the same bytes every time', () => {
    const png = cardPng(headCard(row, undefined, 'gpt2'));
    expect([...png.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    expect(sizeOf(png)).toEqual([1200, 630]);
    expect(Buffer.from(cardPng(headCard(row, undefined, 'gpt2'))).equals(png)).toBe(true);
  });

  test('shows head, verdict, sentence, families by share, and figures where they were measured', () => {
    const svg = cardSvg(headCard(row, undefined, 'gpt2')).text;
    for (const text of ['Head 5.1', 'monosemantic candidate', '1.20 effective roles', 'Attention Atlas · gpt2'])
      expect(svg).toContain(text);
    expect(svg.indexOf('induction<')).toBeLessThan(svg.indexOf('BOS<'));
    expect(svg).toContain('Induction, on repeats');
    expect(svg).not.toContain('Copying');
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  test('draws letters: another title is another picture', () => {
    const other = cardPng(headCard({ ...row, head: 2 }, undefined, 'gpt2'));
    expect(Buffer.from(other).equals(cardPng(headCard(row, undefined, 'gpt2')))).toBe(false);
  });

  test('of the overview counts the heads of each verdict', () => {
    const svg = cardSvg(overviewCard([row, { ...row, polysemanticity: 'polysemantic' }], [], exampleRecord())).text;
    expect(svg).toContain('1 of 2 heads are polysemantic');
    expect(svg.match(/>1 of 2</g)).toHaveLength(2);
    expect(svg.match(/>0 of 2</g)).toHaveLength(2);
  });

  test('is drawn whatever a model is called, and holds no text unescaped', () => {
    const card: Card = {
      ...headCard(row, undefined, 'gpt2'),
      place: hostileTokens.join(' '),
      title: '<&"\u0000\ud800',
    };
    const svg = cardSvg(card).text;
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;&amp;"\ufffd\ufffd');
    expect(sizeOf(cardPng(card))).toEqual([1200, 630]);
  });
});

describe('lines of text', () => {
  test('break at spaces, keep every word and are no wider than asked', () => {
    const text = 'On repeated random tokens, 86% of its attention goes to the previous token';
    const lines = wrapText(text, 20, 260, 9);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join(' ')).toBe(text);
    for (const line of lines) expect(textWidth(line, 20)).toBeLessThanOrEqual(260);
  });

  test('end in … where there is no room for more, be it lines or one long word', () => {
    expect(wrapText('one two three four five six', 20, 90, 2).at(-1)).toMatch(/…$/);
    const [line = ''] = wrapText('a'.repeat(200), 20, 100, 1);
    expect(line).toMatch(/^a+…$/);
    expect(textWidth(line, 20)).toBeLessThanOrEqual(100);
  });
});

test('a long name of a model is set smaller, and whole', () => {
  const card = (title: string): Card => {
    return { place: '', title, verdict: '', sentence: '', barsTitle: '', bars: [], figures: [] };
  };
  expect(cardSvg(card('gpt2')).text).toMatch(/font-size="84"[^>]*>gpt2</);
  expect(cardSvg(card('attention-atlas-demo')).text).toMatch(/font-size="60"[^>]*>attention-atlas-demo</);
  expect(cardSvg(card('a'.repeat(80))).text).toMatch(/font-size="50"[^>]*>a+…</);
});
