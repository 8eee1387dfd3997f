/** Which version of the explorer this is, and what its worker loaded. */
export interface LoadedFiles {
  readonly version: string;
  readonly urls: readonly string[];
}

/**
 * Has the site's service worker keep what the page and its worker have loaded, and what they load from now on, so that
 * the explorer opens without a network. Where there are no service workers, or a visitor allows none, nothing is kept.
 */
export async function keepOffline(site: string, { version, urls }: LoadedFiles): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  try {
    const container = navigator.serviceWorker;
    await container.register(new URL('service-worker.js', site).href, { scope: site });
    const worker = (await container.ready).active;
    const page = [...document.querySelectorAll('script[src]')].map((script) => script.getAttribute('src')).join(' ');
    const keep = (found: readonly string[]) => worker?.postMessage({ version: `${version} ${page}`, urls: found });
    keep([...urls, location.href.replace(/[?#].*$/, '')]);
    new PerformanceObserver((list) => keep(list.getEntries().map(({ name }) => name))).observe({
      type: 'resource',
      buffered: true,
    });
  } catch {
    // The explorer works without, as long as there is a network.
  }
}
