import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { watchDisk } from '../../pipeline/disk/disk.ts';
import { temporaryEnding } from '../../pipeline/disk/temporaries.ts';
import { run } from '../../pipeline/run.ts';
import { leapingEffects, quickConfig } from './quick-case.ts';
import { removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

afterEach(() => watchDisk(undefined));
afterAll(removeTemporaryFolders);

/** The file that an attribution log is compacted into; once it is there, no commit relies on the log before. */
const compactionOf = (path: string) =>
  path.replace(/(attributions-\d+\.)(\d+)/, (_, stem, n) => `${stem}${Number(n) + 1}`);

const commits = ['state.json', 'packed.json', 'run.json'];

it('whatever a commit says is whole is on the disk before it, contents and names', { timeout: 120_000 }, async () => {
  const out = join(await temporaryFolder(), 'out');
  const [files, folders] = [new Set<string>(), new Set<string>()];
  const created = new Set<string>();
  const missing: string[] = [];
  const seen = new Map<string, number>();
  watchDisk((operation, path) => {
    if (operation === 'make' && existsSync(path)) return;
    const isTemporary = path.endsWith(temporaryEnding) || basename(path).startsWith('.lock');
    if (['create', 'write', 'truncate'].includes(operation) && !basename(path).startsWith('.lock')) files.add(path);
    if (['create', 'rename', 'make'].includes(operation) && !isTemporary && !commits.includes(basename(path))) {
      folders.add(dirname(path));
    }
    if (operation === 'create') created.add(path);
    if (operation === 'sync') {
      files.delete(path);
      folders.delete(path);
    }
    if (operation !== 'rename' || !commits.includes(basename(path))) return;
    seen.set(basename(path), (seen.get(basename(path)) ?? 0) + 1);
    missing.push(
      ...[...files, ...folders]
        .filter((unsynced) => compactionOf(unsynced) === unsynced || !created.has(compactionOf(unsynced)))
        .map((unsynced) => `${unsynced} before ${path}`),
    );
  });
  await run(quickConfig(out), leapingEffects().effects);
  expect(missing).toEqual([]);
  expect(Object.fromEntries(seen)).toEqual({ 'state.json': 3, 'packed.json': 1, 'run.json': 1 });
});
