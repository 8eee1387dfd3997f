import { proxy, releaseProxy, wrap } from 'comlink';
import { keepOffline } from './keep-offline.ts';
import type { ExplorerSession } from './protocol.ts';
import type { RemoteSession } from './remote-session.ts';

/** A session whose computation runs in a worker of its own; `close` ends it. */
export interface Connection extends ExplorerSession {
  close(): void;
}

/** Starts the explorer's worker. What goes wrong there comes back as an Error of one clear line. */
export function connect(): Connection {
  const worker = new Worker(new URL('./engine/worker.ts', import.meta.url), { type: 'module' });
  const remote = wrap<RemoteSession>(worker);
  const waiting = new Set<(reason: Error) => void>();
  let fault: Error | undefined;
  worker.addEventListener('error', ({ message }) => {
    fault = new Error(`the explorer's worker did not start: ${message || 'its script did not load'}`);
    for (const refuse of waiting) refuse(fault);
  });
  const ask = <T>(answer: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      if (fault) reject(fault);
      waiting.add(reject);
      answer.then(resolve, reject).finally(() => waiting.delete(reject));
    });
  return {
    async open(site, onProgress) {
      const info = await ask(remote.open(site, proxy(onProgress)));
      remote.loadedFiles().then((files) => keepOffline(site, files));
      return info;
    },
    tokenize: (text) => ask(remote.tokenize(text)),
    describe: (ids) => ask(remote.describe(ids)),
    textOf: (ids) => ask(remote.textOf(ids)),
    run: (pass) => ask(remote.run(pass)),
    patterns: (pass, layer) => ask(remote.patterns(pass, layer)),
    activations: (pass, layer, feature) => ask(remote.activations(pass, layer, feature)),
    attribution: (ids, target) => ask(remote.attribution(ids, target)),
    decompose: (ids, target, source, minShare) => ask(remote.decompose(ids, target, source, minShare)),
    graph: (ids, root, rule) => ask(remote.graph(ids, root, rule)),
    score: (ids, edge) => ask(remote.score(ids, edge)),
    close() {
      remote[releaseProxy]();
      worker.terminate();
    },
  };
}
