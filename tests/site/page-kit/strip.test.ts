import { expect, test } from 'vitest';
import { ByteSink } from '../../../site/page-kit/byte-sink.ts';
import type { DrawingParts } from '../../../site/page-kit/html.ts';
import { ShownTokens } from '../../../site/page-kit/shown-tokens.ts';
import { drawStrip, type Strip, tokenStrip } from '../../../site/page-kit/strip.ts';
import {
  Activations,
  decodeLengths,
  decodeScaled,
  decodeStrip,
  encodeLength,
  Scaled,
  type StripNumbers,
  writeNumbers,
} from '../../../site/page-kit/strip-codec.ts';
import { cutTokens } from '../../../site/page-kit/strip-tokens.ts';

const vocabulary = ['a', ' b', '<i>', 'c'];
const tokens = new ShownTokens((id) => vocabulary[id] ?? '');
const strip: Strip = {
  ...{ tokenIds: [3, 0, 1, 2, 3, 0], activations: [3, 0, 1, 2, 0, 3], from: 1, to: 5 },
  ...{ peak: 3, scale: 2, start: 7 },
};

function scaled(values: readonly number[]): Scaled {
  const made = new Scaled();
  made.setValues(values);
  return made;
}

/** What is written into a sink. */
function textOf(write: (sink: ByteSink) => void): string {
  const sink = new ByteSink();
  write(sink);
  return sink.text;
}

test('active tokens are shaded by their share of the scale, the peak is marked, the rest is plain text', () => {
  expect(tokenStrip(strip, tokens).text).toBe(
    '<p class=s data-s="1231;7;1.00 2.00">a<b class=a5> b</b><mark class=a9>&lt;i&gt;</mark>c</p>',
  );
});

test('a token keeps its text and its length however long it is, wherever in the vocabulary, and however often it comes', () => {
  const texts = ['é'.repeat(40), '', '\n', 'x'.repeat(500)];
  const shown = new ShownTokens((id) => texts[id % 4] ?? '');
  for (const id of [3, 100_001, 2, 0, 3, 100_001]) {
    const text = id % 4 === 2 ? '↵' : (texts[id % 4] ?? '');
    const drawn = tokenStrip(
      { ...strip, tokenIds: [id, id], activations: [0, 0], from: 0, to: 2, peak: 1 },
      shown,
    ).text;
    const [, code = '', running] = /^<p class=s data-s="(.*?);7">(.*)<\/p>$/.exec(drawn) ?? [];
    expect(running).toBe(`${text}<mark class=a0>${text}</mark>`);
    expect(decodeLengths(code)).toEqual([text.length, text.length]);
  }
});

test('lengths come back from their code, long and empty tokens among them', () => {
  const lengths = [1, 0, 34, 35, 36, 320];
  const texts = lengths.map((length) => 'x'.repeat(length));
  expect(decodeLengths(texts.map(encodeLength).join(''))).toEqual(lengths);
});

test('attributions come back to a thousandth of the largest', () => {
  const values = [0.5, -0.123, 0, 0.0004];
  const decoded = decodeScaled(textOf((sink) => scaled(values).writeTo(sink)));
  expect(decoded).toHaveLength(4);
  for (const [i, value] of values.entries()) expect(Math.abs((decoded[i] ?? 9) - value)).toBeLessThan(0.5 / 999);
});

test('attributions that are all zero stay zero, and none at all stay none', () => {
  expect(decodeScaled(textOf((sink) => scaled([0, 0]).writeTo(sink)))).toEqual([0, 0]);
  expect(decodeScaled(textOf((sink) => scaled([]).writeTo(sink)))).toEqual([]);
});

function printed({ start, activations, bySource, byHead }: StripNumbers) {
  const own = new Activations();
  for (const value of activations) own.add(Number(value));
  return { start, activations: own, bySource: scaled(bySource), byHead: scaled(byHead) };
}

test('all of a strip’s numbers come back from its one attribute', () => {
  const numbers = { start: 7, activations: ['1.00', '2.00'], bySource: [0, 1, -1], byHead: [2, 0] };
  const code = (lengths: string, own: StripNumbers) => lengths + textOf((sink) => writeNumbers(printed(own), sink));
  expect(decodeStrip(code('12', numbers))).toEqual({
    lengths: [1, 2],
    ...numbers,
  });
  const short = { start: 7, activations: ['2.00'], bySource: [], byHead: [] };
  expect(code('1', short)).toBe('1;7;2.00');
  expect(decodeStrip('1;7;2.00')).toEqual({ lengths: [1], ...short });
});

test('the browser cuts the text back into the tokens it was made of', () => {
  const runs = [
    { text: 'a', shaded: false },
    { text: ' b', shaded: true },
    { text: '<i>', shaded: true },
    { text: 'cde', shaded: false },
  ];
  expect(cutTokens(runs, [1, 2, 3, 2, 1])).toEqual([
    { text: 'a', run: 0 },
    { text: ' b', run: 1 },
    { text: '<i>', run: 2 },
    { text: 'cd', run: 3 },
    { text: 'e', run: 3 },
  ]);
});

test('a strip is the same drawn at once and from its parts, whatever was drawn before it', () => {
  const plain: Strip = { ...strip, activations: [0, 0, 0, 0, 0, 0], bySource: [] };
  const long: Strip = {
    ...{
      tokenIds: Array.from({ length: 700 }, (_, i) => i % 4),
      activations: Array.from({ length: 700 }, (_, i) => i % 5),
    },
    ...{ from: 0, to: 700, peak: 699, scale: 4, start: 0, bySource: Array.from({ length: 700 }, (_, i) => i - 300) },
  };
  const some: Strip = { ...strip, bySource: [0.5, -0.25, 1e-9], byHead: [2, -12_345] };
  for (const own of [some, long, strip, plain, some]) {
    const drawn = tokenStrip(own, tokens);
    const parts: DrawingParts[] = [];
    drawn.accept({ template: () => undefined, drawing: (_, given) => parts.push(given) });
    const [first] = parts;
    if (!first) throw new Error('a strip has parts');
    expect(textOf((sink) => drawStrip(first, tokens, sink))).toBe(drawn.text);
  }
});
