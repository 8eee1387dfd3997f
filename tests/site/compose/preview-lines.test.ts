import { expect, test } from 'vitest';
import { headPage } from '../../../site/compose/head-page.ts';
import { previewLines } from '../../../site/compose/preview-lines.ts';
import { createLinks } from '../../../site/page-kit/links.ts';
import { testEnv } from '../test-env.ts';

const env = testEnv([' a']);

test('a head’s page names its picture with the host, where that is known, and by its path where it is not', () => {
  const page = { layer: 1, sae: '1', head: 2, features: [] };
  const hosted = { ...env, links: createLinks('/atlas', { host: 'https://example.org' }) };
  expect(headPage(page, hosted).head.text).toContain(
    '<meta property="og:image" content="https://example.org/atlas/h/1/2.png">',
  );
  expect(headPage(page, hosted).head.text).toContain('content="https://example.org/atlas/h/1/2.html"');
  expect(headPage(page, env).head.text).toContain('<meta property="og:image" content="/atlas/h/1/2.png">');
  expect(headPage(page, env).head.text).toContain('<meta name="twitter:card" content="summary_large_image">');
});

test('what is said in a preview ends no attribute', () => {
  const lines = previewLines({ title: '"><script>', description: "'&", url: '/', image: '/preview.png' }).text;
  expect(lines).toContain('<meta property="og:title" content="&quot;&gt;&lt;script&gt;">');
  expect(lines).toContain('content="&#39;&amp;"');
});
