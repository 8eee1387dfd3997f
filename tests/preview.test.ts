import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UserError } from '../pipeline/core/user-error.ts';
import { recordingEffects, silentEffects } from '../pipeline/effects.ts';
import { preview } from '../pipeline/preview.ts';

const folder = mkdtempSync(join(tmpdir(), 'atlas-preview-'));
const site = join(folder, 'site');
const files = {
  'site/index.html': 'home',
  'site/404.html': 'nothing here',
  'site/features.html': 'browse',
  'site/f/0/12.html': 'feature',
  'site/a b.html': 'spaced',
  'site/index/layer-0.arrow': 'columns',
  'site/_astro/x.js': 'code',
  'secret.html': 'secret',
};
const servers: Server[] = [];
const { effects, lines } = recordingEffects();

interface Answer {
  status: number | undefined;
  type: string | undefined;
  location: string | undefined;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

/** Sends the path just as it is written, where fetch would tidy `..` away. */
function get(server: Server, path: string, method = 'GET'): Promise<Answer> {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode: status, headers } = response;
        const body = Buffer.concat(chunks).toString();
        resolve({ status, type: headers['content-type'], location: headers.location, headers, body });
      });
    });
    sent.on('error', reject).end();
  });
}

beforeAll(async () => {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  symlinkSync(join(folder, 'secret.html'), join(site, 'link.html'));
  const options = { site, host: '127.0.0.1', port: 0 };
  servers.push(
    await preview({ ...options, base: '/' }, effects),
    await preview({ ...options, base: '/atlas' }, silentEffects()),
  );
});

afterAll(() => {
  for (const server of servers) server.close();
});

test.each([
  ['/', 200, 'home'],
  ['/index.html', 200, 'home'],
  ['/features', 200, 'browse'],
  ['/features?layer=0', 200, 'browse'],
  ['/features.html', 200, 'browse'],
  ['/f/0/12', 200, 'feature'],
  ['/a%20b', 200, 'spaced'],
  ['/nowhere', 404, 'nothing here'],
  ['/f/0', 404, 'nothing here'],
])('%s answers %i with the page a static host would send', async (path, status, body) => {
  expect(await get(servers[0], path)).toMatchObject({ status, body });
});

test('a page asked for as a folder redirects to its address, query and all', async () => {
  expect(await get(servers[0], '/features/?q=a')).toMatchObject({ status: 308, location: '/features?q=a' });
});

test.each([
  '/../secret.html',
  '/..%2fsecret.html',
  '/%2e%2e/secret',
  '/f/..\\..\\secret',
  '/%00',
  '/%',
  '/link.html',
  '/link',
  '//etc/passwd',
])('%s gives nothing from outside the site', async (path) => {
  const { status, body } = await get(servers[0], path);
  expect([400, 404]).toContain(status);
  expect(body).not.toContain('secret');
});

test('under a base path the site is there and nowhere else', async () => {
  expect(await get(servers[1], '/atlas/f/0/12')).toMatchObject({ status: 200, body: 'feature' });
  expect(await get(servers[1], '/')).toMatchObject({ status: 308, location: '/atlas/' });
  expect(await get(servers[1], '/atlas')).toMatchObject({ status: 308, location: '/atlas/' });
  expect((await get(servers[1], '/f/0/12')).status).toBe(404);
  expect((await get(servers[1], '/atlasf/0/12')).status).toBe(404);
});

test('each kind of file carries its type, and pages may not be framed or sniffed', async () => {
  expect((await get(servers[0], '/f/0/12')).type).toBe('text/html; charset=utf-8');
  expect((await get(servers[0], '/_astro/x.js')).type).toBe('text/javascript; charset=utf-8');
  const { type, headers } = await get(servers[0], '/index/layer-0.arrow');
  expect(type).toBe('application/vnd.apache.arrow.file');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
});

test('only reading is allowed, and HEAD sends no body', async () => {
  expect(await get(servers[0], '/features', 'HEAD')).toMatchObject({ status: 200, body: '' });
  expect((await get(servers[0], '/features', 'POST')).status).toBe(405);
});

test('the address it prints is the one it listens on', () => {
  const address = servers[0].address();
  const port = typeof address === 'object' && address ? address.port : 0;
  expect(lines).toEqual([`serving ${site} at http://127.0.0.1:${port}/`]);
});

test('a folder without a site, and a port in use, are mistakes of one line', async () => {
  const address = servers[0].address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const options = { base: '/', host: '127.0.0.1', port };
  await expect(preview({ ...options, site: folder }, silentEffects())).rejects.toThrow(UserError);
  await expect(preview({ ...options, site }, silentEffects())).rejects.toThrow(`--port ${port} is in use`);
});
