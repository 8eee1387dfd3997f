import { expose, transfer } from 'comlink';
import type { LoadedFiles } from '../keep-offline.ts';
import type { ExplorerSession } from '../protocol.ts';
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
    isKept: ({ path }) => store.has(`${folder}${path}`),
    forgetOthers: (files) => store.forgetOthers(folder, new Set(files.map(({ path }) => `${folder}${path}`))),
  };
}

/** What the worker answers to: the session, and what of the site it needed for it. */
export interface RemoteSession extends ExplorerSession {
  loadedFiles(): Promise<LoadedFiles>;
}

const remote: RemoteSession = {
  ...session,
  loadedFiles: async () => ({ version, urls: [self.location.href, ...loaded()] }),
};

const loaded = () => performance.getEntriesByType('resource').map(({ name }) => name);

/** Smaller arrays are copied: that costs less than handing them over. */
const leastBytes = 4096;

/** The larger arrays anywhere in an answer, which is the caller's own. */
function buffersOf(answer: unknown): ArrayBufferLike[] {
  if (ArrayBuffer.isView(answer)) return answer.byteLength < leastBytes ? [] : [answer.buffer];
  return typeof answer === 'object' && answer !== null ? Object.values(answer).flatMap(buffersOf) : [];
}

expose(
  new Proxy(remote, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        const answer: unknown = await Reflect.apply(method, target, args);
        const buffers = buffersOf(answer);
        // A string cannot be transferred.
        return buffers.length > 0 ? transfer(answer, buffers) : answer;
      };
    },
  }),
);
