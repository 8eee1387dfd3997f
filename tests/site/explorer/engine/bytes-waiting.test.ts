import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { parseExplorerManifest } from '../../../../pipeline/files/explorer-manifest.ts';
import type { Platform } from '../../../../site/explorer/engine/open-site.ts';
import { createSession } from '../../../../site/explorer/engine/session.ts';
import { platformOf, tinySite } from './tiny-site.ts';

/** Opens a tiny site whose weights its manifest says to be `bytes` in all; what it fetched by then. */
async function open(bytes: number) {
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
        fetch: (file, onBytes) => {
          fetched.push(file.path);
          return files.fetch(file, onBytes);
        },
      };
    },
  };
  const info = await createSession(watched).open('/', () => {});
  return { info, weights: fetched.filter((file) => file !== manifest.tokenizer.path) };
}

it('fetches up to 64 MB of weights when it opens', async () => {
  const { info, weights } = await open(64e6);
  expect(info.bytesWaiting).toBe(0);
  expect(weights).toHaveLength(4);
});

it('fetches none of more than 64 MB before they are asked for, and says how many bytes they are', async () => {
  const { info, weights } = await open(64e6 + 1);
  expect(info.bytesWaiting).toBe(64e6 + 1);
  expect(weights).toEqual([]);
});
