import { expect, test } from 'vitest';
import { citation, embedAddress, embedCode, pageUrl } from '../../../site/browser/embed-code.ts';

const url = 'https://example.org/atlas/f/5/123.html';

test('an embedded page’s address names its sections and theme', () => {
  expect(embedAddress({ url, sections: 'all', theme: '' })).toBe(`${url}?embed=all`);
  expect(embedAddress({ url, sections: ['top', 'family'], theme: 'dark' })).toBe(
    `${url}?embed=answer,top,family&theme=dark`,
  );
  expect(embedAddress({ url, sections: [], theme: 'light' })).toBe(`${url}?embed=answer&theme=light`);
});

test('a packed page is named by its feature, and by nothing else of its address', () => {
  const at = (search: string) => pageUrl({ origin: 'https://example.org', pathname: '/f/5.html', search });
  expect(['?123', '?123&lines=yes', '?lines=123', ''].map(at)).toEqual([
    'https://example.org/f/5.html?123',
    'https://example.org/f/5.html?123',
    'https://example.org/f/5.html',
    'https://example.org/f/5.html',
  ]);
  expect(embedAddress({ url: at('?123'), sections: 'all', theme: 'dark' })).toBe(
    'https://example.org/f/5.html?123&embed=all&theme=dark',
  );
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
