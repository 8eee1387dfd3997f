import { expose, transfer } from 'comlink';
import type { RemoteSession } from '../remote-session.ts';
import { chooseBackend } from './backend.ts';
import { cacheStore } from './cache-store.ts';
import { fetchOrThrow, fileFetcher } from './fetch-file.ts';
import type { SiteFiles } from './open-site.ts';
import { createSession } from './session.ts';

const session = createSession({ backend: chooseBackend, files: siteFiles, now: () => performance.now() });

let version = '';

function siteFiles(site: string): SiteFiles {
  const folder = new URL('explorer/', new URL(site.endsWith('/') ? site : `${site}/`, self.location.href)).href;
  const store = cacheStore();
  return {
    async manifest() {
      const json = await (await fetchOrThrow(`${folder}manifest.json`, 'explorer/manifest.json')).json();
      version = String(json.fingerprint);
      return json;
    },
    fetch: fileFetcher(folder, store),
    forgetOthers: (files) => store.forgetOthers(folder, new Set(files.map(({ path }) => `${folder}${path}`))),
  };
}

/** Answers whose arrays are handed over instead of copied. */
const remote: RemoteSession = {
  ...session,
  loadedFiles: async () => ({ version, urls: [self.location.href, ...loaded()] }),
  run: async (pass) => {
    const result = await session.run(pass);
    const arrays = result.layers.flatMap(({ features, positions, activations }) => [features, positions, activations]);
    return transfer(result, [result.losses.buffer, ...arrays.map(({ buffer }) => buffer)]);
  },
  patterns: async (pass, layer) => handOver(await session.patterns(pass, layer)),
  activations: async (pass, layer, feature) => handOver(await session.activations(pass, layer, feature)),
  attribution: async (ids, target) => {
    const attribution = await session.attribution(ids, target);
    return transfer(attribution, [attribution.byHeadAndSource.buffer]);
  },
  score: async (ids, edge) => {
    const score = await session.score(ids, edge);
    return transfer(score, [score.pairs.buffer]);
  },
};

const loaded = () => performance.getEntriesByType('resource').map(({ name }) => name);

const handOver = (data: Float32Array) => transfer(data, [data.buffer]);

expose(remote);
