import { type FileStore, noStore } from './fetch-file.ts';

const cacheName = 'attention-atlas-explorer';

/** The browser's own cache of answers, where there is one; a full disk, or a visitor who wants none, costs only time. */
export function cacheStore(): FileStore {
  if (typeof caches === 'undefined') return noStore;
  const find = (url: string) => attempt(async () => (await caches.open(cacheName)).match(url));
  return {
    has: async (url) => (await find(url)) !== undefined,
    async get(url) {
      const kept = await find(url);
      return kept ? new Uint8Array(await kept.arrayBuffer()) : undefined;
    },
    async put(url, bytes) {
      const headers = { 'content-type': 'application/octet-stream', 'content-length': String(bytes.byteLength) };
      const body = new Uint8Array(bytes);
      await attempt(async () => (await caches.open(cacheName)).put(url, new Response(body, { headers })));
    },
    async forgetOthers(folder, urls) {
      await attempt(async () => {
        const cache = await caches.open(cacheName);
        const stale = (await cache.keys()).filter(({ url }) => url.startsWith(folder) && !urls.has(url));
        for (const request of stale) await cache.delete(request);
      });
    },
  };
}

async function attempt<T>(effect: () => Promise<T>): Promise<T | undefined> {
  try {
    return await effect();
  } catch {
    return undefined;
  }
}
