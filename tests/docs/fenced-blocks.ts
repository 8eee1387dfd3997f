import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface Block {
  /** `docs/gpu.md:12`. */
  readonly place: string;
  readonly language: string;
  /** What follows the language: what the block needs, or the file that it is. */
  readonly note: string;
  readonly text: string;
}

/** The fenced blocks of a page. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(join(root, page), 'utf8');
  return Array.from(text.matchAll(/^```(\w*) ?(.*)\n([\s\S]*?)^```$/gm), ({ index, 1: language, 2: note, 3: code }) => {
    const line = text.slice(0, index).split('\n').length;
    return { place: `${page}:${line}`, language, note, text: code };
  });
}

/** README and the pages under docs/ that are written by hand. */
export const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

/** Commands of a shell block: lines joined at their `\`, comments left out. */
export const commandsOf = ({ text }: Block): string[] =>
  text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');

/** The words of a command line, quotes taken off; `--` of `npm run` left out. */
function wordsOf(command: string): string[] {
  const words = Array.from(command.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain);
  return words.filter((word) => word !== '--');
}

/** What atlas is given by a command line: of `atlas X`, `npx attention-atlas X` and `npm run atlas -- X`; else nothing. */
export function atlasWords(command: string): string[] | undefined {
  const words = wordsOf(command);
  const starts = ['npm run atlas', 'npx --yes attention-atlas', 'npx attention-atlas', 'atlas', 'node pipeline/cli.ts'];
  const start = starts.find((text) => words.slice(0, text.split(' ').length).join(' ') === text);
  if (start) return words.slice(start.split(' ').length);
  return words.slice(0, 3).join(' ') === 'npm run demo' ? words.slice(2) : undefined;
}
