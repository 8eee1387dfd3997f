import { expect, test } from 'vitest';
import { ByteSink, inQuotes, inText } from '../../../site/page-kit/byte-sink.ts';

test('text becomes the UTF-8 that any encoder makes of it, markup in it references', () => {
  const sink = new ByteSink();
  sink.addText('a<b> & "漢字" 👩‍👩‍👧 é\n\ud800!', inText);
  sink.addText(`'"&`, inQuotes);
  expect(sink.written).toEqual(new TextEncoder().encode('a&lt;b&gt; &amp; "漢字" 👩‍👩‍👧 é\n\ufffd!&#39;&quot;&amp;'));
});

test('what was written stays as a sink grows, and goes when it is cleared', () => {
  const sink = new ByteSink();
  const piece = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
  for (let i = 0; i < 300; i++) sink.add(piece);
  expect(sink.written.length).toBe(300_000);
  expect(sink.written.subarray(299_000)).toEqual(piece);
  sink.clear();
  sink.addPart(new DataView(piece.buffer), 10, 13);
  expect(Array.from(sink.written)).toEqual([10, 11, 12]);
});
