import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { parseExplorerManifest } from '../../../../pipeline/files/explorer-manifest.ts';
import type { Platform } from '../../../../site/explorer/engine/open-site.ts';
import { createSession } from '../../../../site/explorer/engine/session.ts';
import type { LoadProgress } from '../../../../site/explorer/protocol.ts';
import { platformOf, tinySite } from './tiny-site.ts';

/** Opens a tiny site whose weights its manifest says to be `bytes` in all; what it fetched by then. */
async function open(bytes: number, isKept: (path: string) => boolean = () => false) {
  await tf.setBackend('cpu');
  const { folder } = await tinySite({ saes: ['relu', null] });
  const path = join(folder, 'manifest.json');
  const manifest = parseExplorerManifest(JSON.parse(await readFile(path, 'utf8')), path);
  const { shared, layers, saes } = manifest;
  const others = [...layers, ...saes.map(({ file }) => file)].reduce((sum, file) => sum + file.bytes, 0);
  await writeFile(path, JSON.stringify({ ...manifest, shared: { ...shared, bytes: bytes - others } }));
  const platform = platformOf(folder);
  const fetched: string[] = [];
  const watched: Platform = {
    ...platform,
    files(site) {
      const files = platform.files(site);
      return {
        ...files,
        isKept: async ({ path }) => isKept(path),
        fetch: (file, onBytes) => {
          fetched.push(file.path);
          return files.fetch(file, onBytes);
        },
      };
    },
  };
  const session = createSession(watched);
  const progress: LoadProgress[] = [];
  const info = await session.open('/', (step) => progress.push(step));
  const weights = () => fetched.filter((file) => file !== manifest.tokenizer.path);
  return { info, session, weights, others, progress };
}

const most = 32e6;

it('fetches up to 32 MB of weights at once, but nothing before it is told to, and says before how much', async () => {
  const { info, session, weights } = await open(most);
  expect([info.bytesWaiting, info.bytesAhead]).toEqual([0, most]);
  await session.tokenize('h');
  expect(weights()).toEqual([]);
  await session.fetchAhead();
  expect(weights()).toHaveLength(4);
});

it('tells while it fetches the size that it told before, the tokenizer apart', async () => {
  const { info, session, progress } = await open(most);
  expect(progress.map(({ what }) => what)).toEqual(['the tokenizer']);
  await session.run({ ids: [0, 1], edits: [] });
  const totals = progress.slice(1).map(({ total }) => total);
  expect(totals.at(-1)).toBe(info.bytesAhead);
  expect(Math.max(...totals)).toBe(info.bytesAhead);
});

it('counts among what it will fetch no file that is kept from an earlier visit', async () => {
  const { info, others } = await open(most, (path) => path.startsWith('shared-'));
  expect(info.bytesAhead).toBe(others);
});

it('fetches none of more than 32 MB before they are asked for, and says how many bytes each file has', async () => {
  const { info, session, weights } = await open(most + 1);
  const [sae] = info.saes;
  expect(info.bytesWaiting + (sae?.bytes ?? 0)).toBe(most + 1);
  expect(info.bytesAhead).toBe(0);
  await session.fetchAhead();
  expect(weights()).toEqual([]);
});

it('runs without SAEs that are not used, and with them once they are', async () => {
  await tf.setBackend('cpu');
  const { folder } = await tinySite({ saes: ['relu', null, 'relu'] });
  const fetched: string[] = [];
  const platform = platformOf(folder, (path) => fetched.push(path) < 0);
  const session = createSession(platform);
  await session.open('/', () => {});
  const ids = [0, 1, 2];
  await session.useSaes([]);
  const without = await session.run({ ids, edits: [] });
  expect(without.layers).toEqual([]);
  expect(fetched.filter((path) => path.startsWith('sae-'))).toEqual([]);
  const logit = { position: 2, tokenId: 1, minusTokenId: null };
  const kinds = async () => new Set((await session.logit(ids, logit)).terms.map(({ component }) => component.kind));
  expect(await kinds()).toContain('attention');
  expect(await kinds()).not.toContain('feature');
  await expect(session.attribution(ids, { layer: 2, feature: 0, position: 1 })).rejects.toThrow(
    'the SAE of layer 2 is not loaded',
  );
  await session.useSaes(['2']);
  const one = await session.run({ ids, edits: [] });
  expect(one.layers.map(({ layer }) => layer)).toEqual([2]);
  expect(one.predictions).toEqual(without.predictions);
  expect(await kinds()).toContain('feature');
  await session.useSaes(['0', '2']);
  expect((await session.run({ ids, edits: [] })).layers.map(({ layer }) => layer)).toEqual([0, 2]);
});
