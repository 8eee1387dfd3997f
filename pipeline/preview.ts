import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { PreviewConfig } from './commands/preview.ts';
import type { Effects } from './effects.ts';
import { UserError } from './errors/user-error.ts';
import { bracketed } from './preview/own-host.ts';
import { siteServer } from './preview/server.ts';

const USUAL_PORT = 4321;

/** Serves a built site and prints its address; resolves once it listens, and the server keeps the process alive. */
export async function preview({ site, base, host, port }: PreviewConfig, effects: Effects): Promise<Server> {
  if (!existsSync(join(site, 'index.html'))) {
    throw new UserError(`no site to serve: ${site} has no index.html, expected a folder that atlas site wrote`);
  }
  const server = siteServer({ root: site, base, host });
  const taken = await listen(server, port, host);
  const home = base.endsWith('/') ? base : `${base}/`;
  effects.log(`serving ${site} at http://${bracketed(host)}:${taken}${home}`);
  return server;
}

/** Listens on `port`; where none was asked for, on 4321 or a free one. The port it got. */
async function listen(server: Server, port: number | undefined, host: string): Promise<number> {
  if (port !== undefined) return listenOn(server, port, host);
  return listenOn(server, USUAL_PORT, host).catch(() => listenOn(server, 0, host));
}

/** What the system says of a host that cannot be listened on. */
const unusableHost: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'is no address of this machine',
  EAFNOSUPPORT: 'is of a kind that this machine has no addresses of',
  EINVAL: 'cannot be listened on',
  ENOTFOUND: 'is not known',
  EAI_AGAIN: 'is not known',
};

function listenOn(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      const message = cannotListen(error.code ?? '', port, host);
      reject(message === undefined ? error : new UserError(message));
    };
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function cannotListen(code: string, port: number, host: string): string | undefined {
  if (code === 'EADDRINUSE') return `--port ${port} is in use, expected a free port (0 finds one)`;
  if (code === 'EACCES') return `--port ${port} may not be used, expected one from 1024 on (0 finds one)`;
  const why = unusableHost[code];
  return why && `--host ${host} ${why}, expected such as 127.0.0.1, or 0.0.0.0 for all addresses`;
}
