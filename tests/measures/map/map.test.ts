import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordingEffects } from '../../../pipeline/effects.ts';
import { createEngine, type Engine } from '../../../pipeline/engine/index.ts';
import { type MapJob, startMaps } from '../../../pipeline/measures/map/map.ts';
import { nearestRows } from '../../../pipeline/measures/map/nearest-rows.ts';
import { mapPlaces, maps } from '../../../pipeline/measures/map/table.ts';
import { openQueries } from '../../../pipeline/store/query.ts';
import { selectTable } from '../../../pipeline/tables/sql.ts';
import { tinyModel, tinySae } from '../../engine/pipeline-programs.ts';
import { keptShare, plantedRows, unitRowsOf } from './planted.ts';

const clusters = 6;
const alive = Array.from({ length: 90 }, (_, feature) => feature).filter((feature) => feature !== 7);
const saes = [
  { sae: { ...tinySae(0, 90), id: '0', wDec: plantedRows(90, 32, { clusters, seed: 1 }) }, alive },
  {
    sae: { ...tinySae(1, 60), id: '1', site: 'attn_out' as const, wDec: plantedRows(60, 32, { clusters, seed: 2 }) },
    alive: alive.slice(0, 59),
  },
];
const parent = mkdtempSync(join(tmpdir(), 'atlas-map-'));
let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu' });
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

async function started(part: Partial<MapJob> = {}) {
  const out = mkdtempSync(join(parent, 'out-'));
  const { effects, lines, updates } = recordingEffects();
  const shared = { out, mapNeighbours: 5, seed: 1, engine, model: tinyModel(), saes, effects };
  return { out, lines, updates, ...(await startMaps({ ...shared, ...part })) };
}

async function drawn(part: Partial<MapJob> = {}) {
  const { out, lines, finish } = await started(part);
  await finish();
  const queries = await openQueries(out, [maps, mapPlaces]);
  const found = {
    out,
    lines,
    maps: await queries.rows(maps.columns, selectTable(maps)),
    places: await queries.rows(mapPlaces.columns, selectTable(mapPlaces)),
  };
  queries.close();
  return found;
}

const bytesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('base64'));

test('the nearest rows are those of greatest cosine, of all pairs', async () => {
  const rows = unitRowsOf(plantedRows(300, 16, { clusters: 40, seed: 3 }));
  const nearest = await nearestRows(engine, rows, 4);
  const cosine = (a: number, b: number) => {
    let sum = 0;
    for (let i = 0; i < 16; i++) sum += rows.data[a * 16 + i] * rows.data[b * 16 + i];
    return sum;
  };
  for (const row of [0, 17, 255, 256, 299]) {
    const others = Array.from({ length: 300 }, (_, other) => other).filter((other) => other !== row);
    const wanted = others.sort((a, b) => cosine(row, b) - cosine(row, a)).slice(0, 4);
    expect(nearest.of(row).map(({ other }) => other)).toEqual(wanted);
  }
});

test('every alive feature has a place on its SAE’s map and on that of all, where clusters stay together', async () => {
  const found = await drawn();
  expect(found.places.map(({ sae, feature }) => [sae, feature])).toEqual(
    saes.flatMap(({ sae, alive }) => alive.map((feature) => [sae.id, feature])),
  );
  expect(found.maps.map(({ sae, method, features }) => ({ sae, method, features }))).toEqual([
    { sae: '0', method: 'umap', features: 89 },
    { sae: '1', method: 'umap', features: 59 },
    { sae: null, method: 'umap', features: 148 },
  ]);
  for (const { plane_variance } of found.maps) {
    expect(plane_variance).toBeGreaterThan(0.1);
    expect(plane_variance).toBeLessThan(1);
  }
  for (const { sae } of saes) {
    const own = found.places.filter((place) => place.sae === sae.id);
    const byCluster = own.toSorted((a, b) => a.feature - b.feature);
    expect(keptShare(byCluster, ({ x, y }) => [x, y], clusters)).toBeGreaterThan(0.9);
    expect(
      keptShare(byCluster, ({ all_x, all_y }) => [all_x ?? Number.NaN, all_y ?? Number.NaN], clusters),
    ).toBeGreaterThan(0.9);
  }
});

test('the same seed gives the same bytes, another seed another map', async () => {
  const [one, two, other] = [await drawn(), await drawn(), await drawn({ seed: 2 })];
  expect(bytesOf(two.out)).toEqual(bytesOf(one.out));
  expect(other.places).not.toEqual(one.places);
});

test('too many features, or hardly any, are drawn in their principal plane', async () => {
  const many = await drawn({ mostLaidOut: 100 });
  expect(many.maps.map(({ method }) => method)).toEqual(['umap', 'umap', 'pca']);
  expect(many.lines.join()).toContain('map of all saes: principal components, as it has over 100 features');
  const few = await drawn({ saes: [{ sae: saes[0].sae, alive: [3, 4, 5] }] });
  expect(few.maps.map(({ sae, method }) => [sae, method])).toEqual([['0', 'pca']]);
  for (const { x, y, all_x } of few.places) {
    expect(Number.isFinite(x + y)).toBe(true);
    expect(all_x).toBeNull();
  }
});

test('an SAE without an alive feature has a map of none, and no neighbours ask for no map', async () => {
  const found = await drawn({ saes: [saes[0], { ...saes[1], alive: [] }] });
  expect(found.maps.find(({ sae }) => sae === '1')).toMatchObject({ features: 0, plane_variance: 0 });
  expect(found.places).toHaveLength(89);
  expect(readdirSync((await drawn({ mapNeighbours: 0 })).out)).toEqual([]);
});

test('layouts go on in a thread of their own until they are waited for, or given up', async () => {
  const inThread = { fewestInThread: 1 };
  const [kept, left] = [await started(inThread), await started(inThread)];
  await left.abandon();
  await expect(left.finish()).rejects.toThrow();
  expect(readdirSync(left.out)).toEqual([]);
  await kept.finish();
  await kept.abandon();
  expect(kept.updates.at(-1)).toBe('maps end');
  const searched = [1, 2, 3].map((done) => `nearest directions ${done}/3 maps`);
  expect(kept.updates.slice(0, 4)).toEqual([...searched, 'nearest directions end']);
  expect(kept.updates[4]).toMatch(/^maps \d+\/600 epochs$/);
  expect(bytesOf(kept.out)).toEqual(bytesOf((await drawn()).out));
});
