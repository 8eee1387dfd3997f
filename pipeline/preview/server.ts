import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isOwnHost } from './own-host.ts';
import { resolveFile } from './resolve-file.ts';
import { sendFile } from './send-file.ts';

export interface SiteServerOptions {
  readonly root: string;
  readonly base: string;
  /** The host that it is started as. */
  readonly host: string;
}

/** A page of a feature, a head or a study that is asked for as a part of another page. */
const isEmbedded = (path: string, query: string | undefined): boolean =>
  /\/(?:[fh]\/[^/]+\/\d+|(?:f|studies)\/[^/]+)(?:\.html)?$/.test(path) && new URLSearchParams(query).has('embed');

// What a page's own <meta> policy cannot say, and what no page needs to.
const headers = {
  'Content-Security-Policy': "frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

const embeddedHeaders = {
  ...headers,
  'Content-Security-Policy': headers['Content-Security-Policy'].replace("frame-ancestors 'none'", 'frame-ancestors *'),
};

/** An HTTP server of the built site at `root`, under `base`; not yet listening. */
export function siteServer(options: SiteServerOptions): Server {
  return createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      // A reader who goes away in the middle of a file is no fault.
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { root, base, host }: SiteServerOptions,
): Promise<void> {
  if (!isOwnHost(request.headers.host, host, request.socket.localPort ?? 0)) return sendText(response, 421);
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendText(response, 405, { Allow: 'GET, HEAD' });
  const [path = '/', query] = (request.url ?? '/').split('?', 2);
  const found = await resolveFile(path, root, base);
  if ('redirect' in found) {
    return sendText(response, 308, { Location: query === undefined ? found.redirect : `${found.redirect}?${query}` });
  }
  if (!('file' in found)) return sendText(response, found.status);
  await sendFile(request, response, { ...found, headers: isEmbedded(path, query) ? embeddedHeaders : headers });
}

const texts = {
  308: 'Moved',
  400: 'Bad request',
  404: 'Not found',
  405: 'Method not allowed',
  421: 'Not the host it was started as',
} as const;

function sendText(response: ServerResponse, status: keyof typeof texts, extra: Record<string, string> = {}): void {
  response.writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8', ...extra });
  response.end(`${texts[status]}\n`);
}
