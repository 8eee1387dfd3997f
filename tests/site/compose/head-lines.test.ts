import { expect, test } from 'vitest';
import { headLines } from '../../../site/compose/head-lines.ts';
import { createLinks } from '../../../site/page-kit/links.ts';

const words = { title: 'Heads', description: 'What <each> does.' };
const [hosted, alone] = [createLinks('/atlas', { host: 'https://example.org' }), createLinks('/atlas')];

test('a page has a canonical address where the host is known, and none where it is not', () => {
  expect(headLines(words, hosted, 'heads').text).toContain(
    '<link rel=canonical href="https://example.org/atlas/heads.html">',
  );
  expect(headLines(words, hosted, '').text).toContain('<link rel=canonical href="https://example.org/atlas/">');
  expect(headLines(words, alone, 'heads').text).not.toContain('canonical');
});

test('every page has a preview with its title, its words and a picture', () => {
  const { text } = headLines(words, hosted, 'heads');
  expect(text).toContain('<meta property="og:title" content="Heads">');
  expect(text).toContain('<meta property="og:description" content="What &lt;each&gt; does.">');
  expect(text).toContain('<meta property="og:url" content="https://example.org/atlas/heads.html">');
  expect(text).toContain('<meta property="og:image" content="https://example.org/atlas/preview.png">');
});

test('a long description is cut at a word for the preview, and whole for the page', () => {
  const description = `${'word '.repeat(60)}end.`;
  const { text } = headLines({ title: 'T', description }, alone, 'heads');
  expect(text).toContain(`<meta name="description" content="${description}">`);
  const [, shown = ''] = /og:description" content="([^"]*)"/.exec(text) ?? [];
  expect(shown.length).toBeLessThanOrEqual(200);
  expect(shown).toMatch(/word…$/);
});
