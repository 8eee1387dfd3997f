import { gzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import type { FeatureName } from '../../../site/page-kit/feature-name.ts';
import { decodeNames, encodeNames } from '../../../site/search/names/name-group.ts';
import { spansOf } from '../../../site/search/names/name-spans.ts';
import { createNameStore } from '../../../site/search/names/name-store.ts';

const FEATURES = 64 * 12;
const nameOf = (sae: string, feature: number): FeatureName => ({
  text: `${sae} ${feature}`,
  isRule: feature % 2 === 0,
  isAtChance: false,
});

const groupsOf = (sae: string) =>
  Array.from({ length: FEATURES / 64 }, (_, group) =>
    gzipSync(encodeNames(Array.from({ length: 64 }, (_, i) => nameOf(sae, group * 64 + i)))),
  );
const packs = new Map(['0', '1'].map((sae) => [sae, groupsOf(sae)]));
const sizes = gzipSync(
  JSON.stringify({
    groupBytes: Object.fromEntries([...packs].map(([sae, all]) => [sae, all.map((one) => one.length)])),
  }),
);

/** A host of the packs, with ranges or without; tells what it was asked for. */
function host({ ranges }: { readonly ranges: boolean }) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string, init?: { headers?: { Range?: string } }) => {
    const range = /^bytes=(\d+)-(\d+)$/.exec(init?.headers?.Range ?? '');
    asked.push(url);
    if (url.endsWith('names.bin')) return new Response(sizes);
    const pack = Buffer.concat(packs.get(url.split('/')[1] ?? '') ?? []);
    if (!range || !ranges) return new Response(pack);
    return new Response(pack.subarray(Number(range[1]), Number(range[2]) + 1), { status: 206 });
  });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());
const at = (sae: string, ...features: number[]) => features.map((feature) => ({ sae, feature }));

test('names come a group at a time, neighbouring groups together, each once', async () => {
  const asked = host({ ranges: true });
  const store = createNameStore('site/');
  await store.load([...at('0', 3, 64 * 3, 64 * 11), ...at('1', 700)]);
  await store.load(at('0', 5, 64 * 2));
  for (const feature of [3, 5, 64 * 2, 64 * 3 + 1, 64 * 11 + 63]) {
    expect(store.nameOf({ sae: '0', feature })).toEqual(nameOf('0', feature));
  }
  expect(store.nameOf({ sae: '1', feature: 700 })).toEqual(nameOf('1', 700));
  expect(asked.toSorted()).toEqual(['site/0/names.pack', 'site/0/names.pack', 'site/1/names.pack', 'site/names.bin']);
});

test('of a host that sends whole files, each comes once', async () => {
  const asked = host({ ranges: false });
  const store = createNameStore('site/');
  await Promise.all([store.load(at('0', 3, 64 * 6, 64 * 11)), store.load(at('1', 0, 64 * 6, 64 * 11))]);
  await store.load(at('0', 64 * 8));
  expect(store.nameOf({ sae: '1', feature: 64 * 6 + 2 })).toEqual(nameOf('1', 64 * 6 + 2));
  expect(asked.toSorted()).toEqual(['site/0/names.pack', 'site/1/names.pack', 'site/names.bin']);
});

test('what is shown is asked for once, together, and told of when it has come', async () => {
  const asked = host({ ranges: true });
  let told = 0;
  const store = createNameStore('site/', { onCome: () => (told += 1), onFault: expect.unreachable });
  expect(store.nameOf({ sae: '0', feature: 1 })).toBe(undefined);
  expect(store.nameOf({ sae: '0', feature: 70 })).toBe(undefined);
  await vi.waitFor(() => expect(told).toBe(1));
  expect(store.nameOf({ sae: '0', feature: 70 })?.text).toBe('0 70');
  expect(asked).toEqual(['site/names.bin', 'site/0/names.pack']);
});

test('names that did not come are a fault, told once, and asked for again by who must have them', async () => {
  vi.stubGlobal('fetch', async () => new Response('', { status: 503 }));
  const faults: string[] = [];
  const store = createNameStore('site/', {
    onCome: expect.unreachable,
    onFault: (error) => faults.push(String(error)),
  });
  store.nameOf({ sae: '0', feature: 1 });
  await vi.waitFor(() => expect(faults).toHaveLength(1));
  expect(store.nameOf({ sae: '0', feature: 2 })).toBe(undefined);
  await expect(store.load(at('0', 1))).rejects.toThrow('names.bin did not load: 503');
  host({ ranges: true });
  await store.load(at('0', 1));
  expect(store.nameOf({ sae: '0', feature: 1 })?.text).toBe('0 1');
  expect(faults).toHaveLength(1);
});

test('a feature or SAE that the run does not have is called nothing', async () => {
  host({ ranges: true });
  const store = createNameStore('site/');
  await store.load([...at('0', FEATURES), ...at('none', 1)]);
  expect(store.nameOf({ sae: '0', feature: FEATURES })).toBe(undefined);
});

test('names are stored with what they are; long ones are cut at a word', () => {
  const label = { text: 'a <b> "label"\n', isRule: false, isAtChance: true };
  const rule = { text: 'reads `x`', isRule: true, isAtChance: false };
  expect(decodeNames(encodeNames([label, undefined, rule]))).toEqual([label, undefined, rule]);
  const [long] = decodeNames(encodeNames([{ ...label, text: 'word '.repeat(500) }]));
  expect(long?.text).toMatch(/^(word ){58,}word…$/);
  expect(long?.text.length).toBeLessThanOrEqual(300);
});

test('groups close by are one span', () => {
  expect(spansOf([0, 3, 7, 8])).toEqual([
    { first: 0, last: 3 },
    { first: 7, last: 8 },
  ]);
  expect(spansOf([])).toEqual([]);
});
