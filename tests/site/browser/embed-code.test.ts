import { expect, test } from 'vitest';
import { citation, embedAddress, embedCode } from '../../../site/browser/embed-code.ts';

const url = 'https://example.org/atlas/f/5/123.html';

test('an embedded page’s address names its sections and theme', () => {
  expect(embedAddress({ url, sections: 'all', theme: '' })).toBe(`${url}?embed=all`);
  expect(embedAddress({ url, sections: ['top', 'family'], theme: 'dark' })).toBe(
    `${url}?embed=answer,top,family&theme=dark`,
  );
  expect(embedAddress({ url, sections: [], theme: 'light' })).toBe(`${url}?embed=answer&theme=light`);
});

test('the code to copy is as tall as the page, and a title cannot leave its attribute', () => {
  const code = embedCode({ url, title: 'says "<b>" & more', sections: ['top'], theme: 'dark', height: 412.3 });
  expect(code).toContain('src="https://example.org/atlas/f/5/123.html?embed=answer,top&amp;theme=dark"');
  expect(code).toContain('title="says &quot;&lt;b&gt;&quot; &amp; more"');
  expect(code).toContain('height="413"');
});

test('a citation is BibTeX, whatever a title holds', () => {
  expect(citation('Feature 5/1 · 50% {x}', url, 2026)).toBe(
    '@misc{example-org-atlas-f-5-123-html,\n  title = {Feature 5/1 · 50\\% \\{x\\}},\n' +
      `  howpublished = {Attention Atlas, \\url{${url}}},\n  year = {2026}\n}`,
  );
});
