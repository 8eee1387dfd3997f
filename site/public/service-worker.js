// Keeps the explorer for when there is no network: the page tells what it was made of, and only that is kept.
const scope = new URL(self.registration.scope);
const prefix = `attention-atlas-page ${scope.pathname} `;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('message', (event) => {
  const { version, urls } = event.data ?? {};
  if (typeof version === 'string' && Array.isArray(urls)) event.waitUntil(keep(version, urls));
});

self.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== scope.origin || !pathname.startsWith(scope.pathname)) return;
  const name = pathname.slice(scope.pathname.length);
  // Names under _astro/ change with what is in them; anything else may be another site's by now.
  if (name.startsWith('_astro/')) event.respondWith(keptFirst(event.request));
  else if (isOfExplorer(name)) event.respondWith(networkFirst(event.request));
});

/** The page and what it loads; its worker keeps the model itself, and other pages are left to the browser. */
function isOfExplorer(name) {
  return /^(explorer(\.html)?|explorer\/manifest\.json|theme\.js|favicon\.svg|(search|_astro)\/.*)$/.test(name);
}

async function keptFirst(request) {
  return (await find(request)) ?? fetch(request);
}

async function networkFirst(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await find(request);
    if (kept) return kept;
    throw error;
  }
}

/** The state of the explorer is in its address, and the page may be asked for with or without its extension. */
async function find({ url }) {
  const bare = url.replace(/[?#].*$/, '');
  for (const name of [bare, `${bare}.html`, bare.replace(/\.html$/, '')]) {
    for (const cache of await pageCaches()) {
      const kept = await (await caches.open(cache)).match(name);
      if (kept) return kept;
    }
  }
  return undefined;
}

const pageCaches = async () => (await caches.keys()).filter((name) => name.startsWith(prefix));

/** Keeps the files of one version of the page, and once they are there forgets other versions. */
async function keep(version, urls) {
  const cache = await caches.open(prefix + version);
  const inScope = urls.filter((url) => url.startsWith(scope.href) && isOfExplorer(url.slice(scope.href.length)));
  const came = await Promise.all(inScope.map((url) => keepOne(cache, url)));
  if (came.includes(false)) return;
  for (const name of await pageCaches()) if (name !== prefix + version) await caches.delete(name);
}

/** Names come a few at a time: of a large SAE all of them would be more than the explorer itself. */
const isLongList = (url, { headers }) => url.endsWith('.pack') && Number(headers.get('content-length')) > 1e6;

async function keepOne(cache, url) {
  if (await cache.match(url)) return true;
  try {
    const response = await fetch(url);
    if (isLongList(url, response)) {
      await response.body?.cancel();
      return true;
    }
    // A redirected answer cannot be given for a page; its content can.
    if (response.ok) await cache.put(url, new Response(await response.blob(), { headers: response.headers }));
    return response.ok;
  } catch {
    return false;
  }
}
