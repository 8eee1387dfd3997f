import { expect, test } from 'vitest';
import { corpusNames } from '../../../pipeline/files/text/corpus-names.ts';

const names = (...files: [root: string, name: string][]) =>
  corpusNames(files.map(([root, name]) => ({ root, path: `${root}/${name}` })));

test('files are called by their place in the folder they were looked for in', () => {
  expect(names(['/home/me/texts', 'a.jsonl'], ['/home/me/texts', 'sub/b.jsonl'])).toEqual([
    'corpus/a.jsonl',
    'corpus/sub/b.jsonl',
  ]);
  expect(names(['/home/me', 'a.jsonl'], ['/mnt/you', 'b.jsonl'])).toEqual(['corpus/a.jsonl', 'corpus/b.jsonl']);
});

test('where two would be called the same, by their place in the folder that holds all', () => {
  expect(names(['/me/lib/one', 'README.md'], ['/me/lib/two', 'README.md'], ['/me/lib', 'c.md'])).toEqual([
    'corpus/one/README.md',
    'corpus/two/README.md',
    'corpus/c.md',
  ]);
});

test('where no folder holds all, by number, so that no name is given away', () => {
  expect(names(['/me', 'a.md'], ['/you', 'a.md'])).toEqual(['corpus/1/a.md', 'corpus/2/a.md']);
});
