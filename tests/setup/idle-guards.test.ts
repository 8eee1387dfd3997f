import ts from 'typescript';
import { expect, test } from 'vitest';
import { idleGuards } from '../../pipeline/setup/idle-guards.ts';

const declarations = `
declare const list: number[], floats: Float32Array, at: number, key: string;
declare const map: Map<string, number>, full: Record<string, string>, part: Record<string, string | undefined>;
declare const optional: { field?: number }, unknown: unknown, nothing: null;
`;

/** Those of some lines, in strict mode, whose guards are idle. */
function idleLines(lines: readonly string[]): string[] {
  const name = '/code.ts';
  const options = { strict: true, lib: ['lib.es2024.d.ts'], target: ts.ScriptTarget.ES2023, types: [] };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, language) =>
    file === name ? ts.createSourceFile(name, declarations + lines.join(';\n'), language) : read(file, language);
  const found = idleGuards(ts.createProgram([name], options, host), (file) => file === name);
  return found.map((line) => line.replace(/^.*?:\d+: /, ''));
}

test('a guard is idle after an index, and after anything else whose type is never null or undefined', () => {
  const idle = ['list[at] ?? 0', 'floats[at] ?? 0', "full[key] ?? ''", 'list.length ?? 0', 'list[0] ?? list[1]'];
  expect(idleLines(idle)).toEqual(idle);
});

test('a guard after what may be absent is none', () => {
  const guards = ['list.at(at) ?? 0', 'map.get(key) ?? 0', "part[key] ?? ''", 'optional.field ?? 0'];
  const open = ['unknown ?? 0', 'nothing ?? 0', 'function f<T>(x: T) { return x ?? 0; }'];
  expect(idleLines([...guards, ...open])).toEqual([]);
});
