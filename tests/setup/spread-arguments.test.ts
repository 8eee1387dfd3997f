import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'svelte/compiler';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';

const biome = resolve('node_modules/@biomejs/biome/bin/biome');
const rule = resolve('pipeline/setup/no-spread-arguments.grit');
const config = { linter: { rules: { preset: 'none' } }, plugins: [rule] };

const refused = [
  'f(...array);',
  'Math.max(...array);',
  'Math.max(0, ...array.map((x) => x + 1), 1);',
  'list.push(...array);',
  'list?.push(...array);',
  'list.push(first, ...array, last);',
  'String.fromCharCode(...array);',
  'Int32Array.of(0, ...array);',
  'new List(...array);',
  'f(g(...array));',
  'Math.max.apply(null, array);',
  'String.fromCharCode.apply(undefined, array);',
];
const allowed = [
  'f([...array]);',
  'f({ ...object });',
  'f([...array, ...array].length);',
  'const g = (...rest: number[]) => rest;',
  'const all = [...array, 1];',
  '// biome-ignore lint/plugin: a few\nf(...array);',
];

describe('the lint rule against spread arguments', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'atlas-lint-'));
    mkdirSync(join(folder, 'code'));
    writeFileSync(join(folder, 'biome.json'), JSON.stringify(config));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Names of the files that the rule refuses. */
  function lint(files: Readonly<Record<string, string>>): string[] {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'code', name), text);
    const { stdout } = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', 'code'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const { diagnostics } = JSON.parse(stdout);
    const places = diagnostics.flatMap(({ category, location }: { category: string; location: { path: string } }) =>
      category === 'plugin' ? [location.path] : [],
    );
    return [...new Set<string>(places)].map((path) => path.split('/').at(-1) ?? '').sort();
  }

  it('refuses every way to hand an array over as arguments, and nothing else', () => {
    const named = (texts: readonly string[], kind: string) => texts.map((text, i) => [`${kind}-${10 + i}.ts`, text]);
    const files = Object.fromEntries([...named(refused, 'refused'), ...named(allowed, 'allowed')]);
    files['script.svelte'] = '<script lang="ts">\nconst most = $derived(Math.max(...array));\n</script>';
    files['page.astro'] = '---\nconst most = Math.max(...array);\n---\n';
    expect(lint(files)).toEqual(['page.astro', ...refused.map((_, i) => `refused-${10 + i}.ts`), 'script.svelte']);
  });
});

test('the rule holds for pipeline and site', () => {
  const { overrides } = JSON.parse(readFileSync('biome.json', 'utf8'));
  expect(overrides).toContainEqual({
    includes: ['pipeline/**', 'site/**'],
    plugins: ['./pipeline/setup/no-spread-arguments.grit'],
  });
});

describe('markup, which the rule does not see,', () => {
  const spreads = (node: unknown): boolean => {
    if (typeof node !== 'object' || node === null) return false;
    if ('type' in node && (node.type === 'CallExpression' || node.type === 'NewExpression') && 'arguments' in node) {
      const given = Array.isArray(node.arguments) ? node.arguments : [];
      if (given.some(({ type }) => type === 'SpreadElement')) return true;
    }
    return Object.values(node).some(spreads);
  };

  it('is found to spread arguments where it does', () => {
    expect(spreads(parse('<p>{Math.max(...xs)}</p>', { modern: true }).fragment)).toBe(true);
    expect(spreads(parse('<p {...xs}>{f([...xs])}</p>', { modern: true }).fragment)).toBe(false);
  });

  it('of no component spreads arguments', () => {
    const components = globSync('site/**/*.svelte');
    expect(components.length).toBeGreaterThan(20);
    for (const path of components) {
      expect(spreads(parse(readFileSync(path, 'utf8'), { modern: true }).fragment), path).toBe(false);
    }
  });

  it('of no page spreads arguments', () => {
    const pages = globSync('site/**/*.astro');
    expect(pages.length).toBeGreaterThan(10);
    for (const path of pages) {
      const [, , ...markup] = readFileSync(path, 'utf8').split(/^---$/m);
      expect(markup.join('---'), path).not.toMatch(/[\w)\]]\((?:[^()[{]+,)?\s*\.\.\./);
    }
  });
});
