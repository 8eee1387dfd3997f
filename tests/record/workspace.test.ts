import { readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeSealedJson } from '../../pipeline/disk/sealed-json.ts';
import { HeadPeaks } from '../../pipeline/record/head-peaks.ts';
import { Workspace } from '../../pipeline/record/workspace.ts';
import { removeTemporaryFolders, temporaryFolder } from '../run/reference-case.ts';

afterAll(removeTemporaryFolders);

/** OUT with work of the run "own", of which ten contexts are recorded. */
async function recordedWork(): Promise<string> {
  const out = await temporaryFolder();
  const workspace = await Workspace.open(out, 'own');
  const subject = { saes: [], model: { config: { nHeads: 1 } }, contexts: { length: 4 } };
  await workspace.commit(10, [], await HeadPeaks.open(subject, workspace));
  return out;
}

const filesIn = (out: string) => readdir(out, { recursive: true });

it('work whose state another version wrote begins anew', async () => {
  const out = await recordedWork();
  await writeSealedJson(join(out, '.work', 'state.json'), { fingerprint: 'own', contextsRecorded: 10 });
  await expect(Workspace.openWhole(out, { fingerprint: 'own', contexts: 10 })).rejects.toThrow('another version');
  expect((await Workspace.open(out, 'own')).contextsRecorded).toBe(0);
});

it('work that is whole is opened to be read', async () => {
  const out = await recordedWork();
  const before = await filesIn(out);
  const workspace = await Workspace.openWhole(out, { fingerprint: 'own', contexts: 10 });
  expect(workspace.contextsRecorded).toBe(10);
  expect(await filesIn(out)).toEqual(before);
});

const own = { fingerprint: 'own', contexts: 10 };
const asItIs = async (_path: string) => {};

it.each([
  ['of fewer contexts', { ...own, contexts: 11 }, asItIs, '10 contexts, expected 11'],
  ['of another run', { ...own, fingerprint: 'other' }, asItIs, 'it is of a run of other settings'],
  ['whose state is cut short', own, (path: string) => truncate(path, 20), 'its checksum is not that'],
  ['whose state is missing', own, (path: string) => rm(path), 'it is missing'],
])('work %s is refused to a reader, and left as it is', async (_, wanted, damage, fault) => {
  const out = await recordedWork();
  await damage(join(out, '.work', 'state.json'));
  const before = await filesIn(out);
  await expect(Workspace.openWhole(out, wanted)).rejects.toThrow(fault);
  expect(await filesIn(out)).toEqual(before);
});
