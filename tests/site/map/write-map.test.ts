import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { loadMaps } from '../../../site/map/load-map.ts';
import { type MappedRun, writeMap } from '../../../site/map/write-map.ts';

const parent = mkdtempSync(join(tmpdir(), 'atlas-map-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));
afterEach(() => vi.unstubAllGlobals());

const place = (sae: string, feature: number, x: number, all: number | null) => ({
  ...{ layer: Number(sae), sae, feature, x, y: 0, all_x: all, all_y: all === null ? null : 0 },
});
const map = (sae: string | null, features: number) => ({ sae, method: 'umap', features, plane_variance: 0.25 });

/** Two SAEs of three features; feature 1 of the first and 0 of the second are dead. */
const two: MappedRun = {
  saes: async () => [
    { sae: '0', d_sae: 3 },
    { sae: '1', d_sae: 3 },
  ],
  maps: async () => [map('0', 2), map('1', 2), map(null, 4)],
  mapPlaces: async (sae) =>
    sae === '0' ? [place('0', 0, -1, 0), place('0', 2, 1, 4)] : [place('1', 1, 5, 1), place('1', 2, 9, 3)],
};
const search = {
  saes: [
    { sae: '0', layer: 0, features: 3 },
    { sae: '1', layer: 1, features: 3 },
  ],
};

/** Opens the maps as a browser does, files missing answered with 404. */
async function opened(run: MappedRun) {
  const folder = mkdtempSync(join(parent, 'map-'));
  await writeMap(run, folder);
  vi.stubGlobal('fetch', async (url: string) => {
    const file = join(folder, url.slice('map/'.length));
    return existsSync(file) ? new Response(new Uint8Array(readFileSync(file))) : new Response('', { status: 404 });
  });
  return { folder, maps: await loadMaps('map/', search) };
}

test('an SAE’s map has its own square, that of all one square for all', async () => {
  const { maps } = await opened(two);
  const own = await maps.points('1');
  expect([...own.rows]).toEqual([4, 5]);
  expect([...own.x]).toEqual([0, 1]);
  const all = await maps.points(null);
  expect([...all.rows]).toEqual([0, 2, 4, 5]);
  for (const [i, x] of [0, 1, 0.25, 0.75].entries()) expect(all.x[i]).toBeCloseTo(x, 4);
  expect(maps.maps.at(-1)).toEqual({ sae: null, method: 'umap', features: 4, planeVariance: 0.25 });
});

test('a run of one SAE has no map of all, and what does not load is named and asked for again', async () => {
  const one: MappedRun = {
    saes: async () => [{ sae: '0', d_sae: 3 }],
    maps: async () => [map('0', 2)],
    mapPlaces: async () => [place('0', 0, -1, null), place('0', 2, 1, null)],
  };
  const { folder, maps } = await opened(one);
  expect(existsSync(join(folder, '0', 'all.bin'))).toBe(false);
  await expect(maps.points('1')).rejects.toThrow('map/1/own.bin did not load: 404');
  await expect(maps.points('1')).rejects.toThrow('404');
  expect((await maps.points('0')).rows).toHaveLength(2);
});

test('a run that drew no map writes none', async () => {
  const folder = join(parent, 'none');
  await writeMap({ ...two, maps: async () => [] }, folder);
  expect(existsSync(folder)).toBe(false);
});
