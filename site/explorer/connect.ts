import { proxy, wrap } from 'comlink';
import type { RemoteSession } from './engine/worker.ts';
import { keepOffline } from './keep-offline.ts';
import type { ExplorerSession } from './protocol.ts';

/** Functions among the arguments are called from the worker, and not copied to it. */
function withCallbacks(method: unknown): unknown {
  if (typeof method !== 'function') return method;
  return (...args: unknown[]) =>
    Reflect.apply(
      method,
      undefined,
      args.map((arg) => (typeof arg === 'function' ? proxy(arg) : arg)),
    );
}

/** A session whose computation runs in a worker of its own. What goes wrong there comes back as an Error of one clear line. */
export function connect(): ExplorerSession {
  const worker = new Worker(new URL('./engine/worker.ts', import.meta.url), { type: 'module' });
  const remote = wrap<RemoteSession>(worker);
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', ({ message }) =>
      reject(new Error(`the explorer's worker did not start: ${message || 'its script did not load'}`)),
    );
  });
  const open: ExplorerSession['open'] = async (site, onProgress) => {
    const info = await Promise.race([remote.open(site, proxy(onProgress)), failed]);
    remote.loadedFiles().then((files) => keepOffline(site, files));
    return info;
  };
  return new Proxy<ExplorerSession>(remote, {
    get: (target, name) => (name === 'open' ? open : withCallbacks(Reflect.get(target, name))),
  });
}
