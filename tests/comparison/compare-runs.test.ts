import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { watchDisk } from '../../pipeline/disk/disk.ts';
import { UserError } from '../../pipeline/errors/user-error.ts';
import { pathKind } from '../../pipeline/files/files.ts';
import { comparedCase, movedTo } from './compared-case.ts';

it('finds each live feature again at the number that the other run’s SAE has it at', async () => {
  const runs = await comparedCase({ weights: true });
  await runs.compare();
  await runs.read(async (own, other) => {
    for (const sae of own.saeIds) {
      const [mine, theirs] = [await own.liveFeatures(sae), new Set(await other.liveFeatures(sae))];
      const rows = await own.comparedFeatures(sae);
      const forth = rows.filter(({ nearest_of }) => nearest_of === 'own');
      expect(forth.map(({ feature }) => feature)).toEqual(mine);
      const found = forth.filter(({ feature }) => theirs.has(movedTo(feature)));
      expect(found.length).toBeGreaterThan(20);
      for (const { feature, other_feature, cosine, is_mutual } of found) {
        expect([other_feature, is_mutual]).toEqual([movedTo(feature), true]);
        expect(cosine).toBeGreaterThan(0.98);
        expect(cosine).toBeLessThan(0.99999);
      }
      const lost = forth.filter(({ feature }) => !theirs.has(movedTo(feature)));
      expect(lost.length).toBeGreaterThan(0);
      for (const { other_feature, cosine } of lost) {
        expect(theirs).toContain(other_feature);
        expect(cosine).toBeLessThan(0.7);
      }
      const back = rows.filter(({ nearest_of }) => nearest_of === 'other');
      expect(new Set(back.map((row) => row.other_feature))).toEqual(theirs);
    }
  });
});

it('has of both features what their own runs say of them', async () => {
  const runs = await comparedCase({ weights: true });
  await runs.compare();
  await runs.read(async (own, other) => {
    const rows = await own.comparedFeatures('1');
    expect(rows.length).toBeGreaterThan(40);
    const [mine, theirs] = await Promise.all([own, other].map((reader) => reader.features('1', 0, 100)));
    for (const row of rows) {
      const [a, b] = [mine[row.feature], theirs[row.other_feature]];
      expect([row.family, row.density, row.max_activation]).toEqual([a?.family, a?.density, a?.max_activation]);
      expect([row.other_family, row.other_density]).toEqual([b?.family, b?.density]);
      expect([row.other_max_activation, row.other_summary]).toEqual([b?.max_activation, b?.summary]);
    }
  });
});

it('matches the features of the same weights by their numbers, and reads no weights', async () => {
  const runs = await comparedCase();
  const lines = await runs.compare({ name: 'the other text', otherSite: '/other' });
  expect(lines[0]).toBe('compare: 2 SAEs with those of the other text, 2 of them with the same weights');
  await runs.read(async (own, other) => {
    const rows = await own.comparedFeatures('0');
    expect(rows.every(({ feature, other_feature, cosine }) => feature === other_feature && cosine === 1)).toBe(true);
    const theirs = new Set(await other.liveFeatures('0'));
    const forth = rows.filter(({ nearest_of }) => nearest_of === 'own');
    expect(forth.map(({ is_mutual }) => is_mutual)).toEqual(forth.map(({ feature }) => theirs.has(feature)));
    expect(await own.comparedRun()).toMatchObject({ name: 'the other text', site: '/other/' });
    const heads = (await own.comparedHeads()).map(({ own_sae: _, ...row }) => row);
    expect(heads).toEqual(await other.heads());
    const [{ own_sae, same_weights, ...first }] = await own.comparedSaes();
    expect([own_sae, same_weights]).toEqual(['0', true]);
    expect(first).toEqual((await other.saes())[0]);
  });
});

it('is forgotten once the run is another one, and gives way to a later comparison', async () => {
  const runs = await comparedCase();
  await runs.compare({ name: 'first' });
  await runs.compare({ name: 'second' });
  expect(await runs.read((own) => own.comparedRun())).toMatchObject({ name: 'second', site: null });
  await changeRecord(runs.own, (record) => ({ ...record, fingerprint: 'f'.repeat(64) }));
  expect(await runs.read((own) => own.comparedRun())).toBeUndefined();
});

it('is not there when it was stopped half way, so that no earlier one is mixed with it', async () => {
  const runs = await comparedCase();
  await runs.compare({ name: 'first' });
  watchDisk((operation, path) => {
    if (operation === 'rename' && path.includes('compared_heads')) throw new Error('stopped');
  });
  await expect(runs.compare({ name: 'second' })).rejects.toThrow('stopped');
  watchDisk(undefined);
  expect(await runs.read((own) => own.comparedRun())).toBeUndefined();
  await runs.compare({ name: 'third' });
  expect(await runs.read((own) => own.comparedRun())).toMatchObject({ name: 'third' });
});

async function changeRecord(run: string, change: (record: Record<string, unknown>) => object): Promise<void> {
  const file = join(run, 'run.json');
  await writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8')))));
}

it('refuses in one line what cannot be compared, and leaves nothing', async () => {
  const runs = await comparedCase({ weights: true });
  const refusal = (settings = {}) =>
    runs.compare(settings).then(
      () => '',
      (error) => (error instanceof UserError ? error.message.replaceAll(runs.folder, '') : String(error)),
    );
  expect(await refusal({ with: runs.own })).toBe('--with is the run itself, expected another one (/own)');
  expect(await refusal({ otherSaes: join(runs.folder, 'saes-0') })).toMatch(/^sae 0 is not the run's: sha256 of /);
  expect(await refusal({ saes: undefined })).toBe(
    'the run does not say where its SAEs are, expected --saes DIR (/own)',
  );
  await changeRecord(runs.other, (record) => ({
    ...record,
    model: { ...Object(record.model), sha256: 'a'.repeat(64) },
  }));
  expect(await refusal()).toMatch(
    /^the runs are of two models: synthetic \(sha256 aaaaaaaaaaaa…\), expected synthetic/,
  );
  for (const table of ['compared_run', 'compared_features']) {
    expect(await pathKind(join(runs.own, table))).toBe('missing');
  }
  await rm(join(runs.other, 'run.json'));
  expect(await refusal()).toMatch(/^no finished run: \/other\/run\.json is missing/);
});
