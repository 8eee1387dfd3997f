import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** The plainest host there is: a path is a file under `folder`, nothing is guessed or rewritten; 404.html stands for what is missing. */
export async function serve(folder: string, base: string): Promise<{ server: Server; home: string }> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = pathname.startsWith(base) ? pathname.slice(base.length) || 'index.html' : undefined;
    const body = path === undefined ? undefined : await readFile(join(folder, path)).catch(() => undefined);
    const type = types[extname(body ? (path ?? '') : '404.html')] ?? 'application/octet-stream';
    response.writeHead(body ? 200 : 404, { 'content-type': type });
    response.end(body ?? (await readFile(join(folder, '404.html')).catch(() => undefined)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { server, home: `http://127.0.0.1:${port}${base}` };
}
