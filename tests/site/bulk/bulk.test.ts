import { expect, test } from 'vitest';
import { bulkSample } from '../../../site/bulk/sample.ts';
import { cutShell, fillShell, shell } from '../../../site/bulk/shell.ts';
import { ByteSink } from '../../../site/page-kit/byte-sink.ts';
import { html } from '../../../site/page-kit/html.ts';

const frame = `<head>a${shell.head.text}b</head><main>${shell.body.text}</main>`;

test('a page put into the shell stands where the markers stood, dollar signs and all', () => {
  const page = { head: html`<title>${'$&'}</title>`, body: html`${'$1 $` body'}` };
  const sink = new ByteSink();
  expect(new TextDecoder().decode(fillShell(cutShell(frame), page, sink))).toBe(
    '<head>a<title>$&amp;</title>b</head><main>$1 $` body</main>',
  );
});

test('a shell without a marker, or with one twice, is refused', () => {
  expect(() => cutShell('<head></head>')).toThrow('does not hold each marker once');
  expect(() => cutShell(frame + frame)).toThrow('does not hold each marker once');
});

test('the sample that is built both ways holds a layer’s first and last feature', () => {
  expect(bulkSample(24_576)).toEqual([0, 1, 2, 3, 24_572, 24_573, 24_574, 24_575]);
  expect(bulkSample(5)).toEqual([0, 1, 2, 3, 4]);
  expect(bulkSample(1)).toEqual([0]);
});
