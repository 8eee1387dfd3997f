import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordingEffects, silentEffects } from '../pipeline/effects.ts';
import { UserError } from '../pipeline/errors/user-error.ts';
import { isOwnHost } from '../pipeline/preview/own-host.ts';
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
  'site/_astro/page.Bx3_k-9Z.js': 'hashed code',
  'site/explorer/sae-0-0123456789abcdef.safetensors': 'weights',
  'site/long.html': 'words and words '.repeat(500),
  'site/x?y.html': 'question',
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
  bytes: Buffer;
}

/** Sends the path just as it is written, where fetch would tidy `..` away. */
function get(
  server: Server,
  path: string,
  { method = 'GET', headers: sentHeaders = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, method, headers: sentHeaders }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode: status, headers } = response;
        const bytes = Buffer.concat(chunks);
        const body = bytes.toString();
        resolve({ bytes, status, type: headers['content-type'], location: headers.location, headers, body });
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

test.each(['//features/', '//evil.example/', '/%2Fevil.example/', '///features/', '/f//0/12/'])(
  '%s is no address, and leads nowhere',
  async (path) => {
    const { status, location } = await get(servers[0], path);
    expect([status, location]).toEqual([404, undefined]);
  },
);

test('a redirect keeps what a page’s name holds', async () => {
  expect(await get(servers[0], '/x%3Fy/')).toMatchObject({ status: 308, location: '/x%3Fy' });
});

test.each([
  ['localhost:PORT', 200],
  ['LOCALHOST:PORT', 200],
  ['127.0.0.1:PORT', 200],
  ['[::1]:PORT', 200],
  ['evil.example:PORT', 421],
  ['evil.example', 421],
  ['localhost', 421],
  ['localhost:1', 421],
  ['127.0.0.1.evil.example:PORT', 421],
  ['localhost:PORT.evil.example', 421],
])('a request to the host "%s" answers %i', async (host, status) => {
  const address = servers[0].address();
  const port = typeof address === 'object' && address ? String(address.port) : '';
  const answer = await get(servers[0], '/features', { headers: { host: host.replace('PORT', port) } });
  expect(answer.status).toBe(status);
  if (status === 421) expect(answer.body).not.toContain('browse');
});

test('a server told to listen on a name answers to it, one that listens everywhere to any numeric address', () => {
  expect(isOwnHost('atlas.lan:80', 'atlas.lan', 80)).toBe(true);
  expect(isOwnHost('atlas.lan', 'atlas.lan', 80)).toBe(true);
  expect(isOwnHost('other.lan', 'atlas.lan', 80)).toBe(false);
  expect(isOwnHost('[fe80::1]:4321', 'fe80::1', 4321)).toBe(true);
  expect(isOwnHost('192.168.1.7:4321', '0.0.0.0', 4321)).toBe(true);
  expect(isOwnHost('[2001:db8::7]:4321', '::', 4321)).toBe(true);
  expect(isOwnHost('192.168.1.7:4321', '127.0.0.1', 4321)).toBe(false);
  expect(isOwnHost('evil.example:4321', '0.0.0.0', 4321)).toBe(false);
  expect(isOwnHost(undefined, '0.0.0.0', 4321)).toBe(false);
});

test('an unchanged file is not sent again, a changed one is', async () => {
  const { headers } = await get(servers[0], '/features');
  const etag = String(headers.etag);
  expect(await get(servers[0], '/features', { headers: { 'if-none-match': etag } })).toMatchObject({
    status: 304,
    body: '',
  });
  expect((await get(servers[0], '/features', { headers: { 'if-none-match': `"x", W/${etag}` } })).status).toBe(304);
  expect((await get(servers[0], '/features', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  expect((await get(servers[0], '/nowhere', { headers: { 'if-none-match': '*' } })).status).toBe(404);
  writeFileSync(join(site, 'features.html'), 'edited');
  expect(await get(servers[0], '/features', { headers: { 'if-none-match': etag } })).toMatchObject({
    status: 200,
    body: 'edited',
  });
  writeFileSync(join(site, 'features.html'), 'browse');
});

test('only names that hold a hash are kept for ever', async () => {
  const cached = async (path: string) => (await get(servers[0], path)).headers['cache-control'];
  const forever = 'public, max-age=31536000, immutable';
  expect(await cached('/_astro/page.Bx3_k-9Z.js')).toBe(forever);
  expect(await cached('/explorer/sae-0-0123456789abcdef.safetensors')).toBe(forever);
  for (const path of ['/features', '/_astro/x.js', '/index/layer-0.arrow', '/nowhere']) {
    expect(await cached(path)).toBe('no-cache');
  }
});

test.each([
  ['bytes=0-3', 206, 'brow', 'bytes 0-3/6'],
  ['bytes=4-', 206, 'se', 'bytes 4-5/6'],
  ['bytes=-2', 206, 'se', 'bytes 4-5/6'],
  ['bytes=-99', 206, 'browse', 'bytes 0-5/6'],
  ['bytes=2-99', 206, 'owse', 'bytes 2-5/6'],
  ['bytes=6-', 416, '', 'bytes */6'],
  ['bytes=-0', 416, '', 'bytes */6'],
  ['bytes=3-1', 200, 'browse', undefined],
  ['bytes=0-1,3-4', 200, 'browse', undefined],
  ['lines=0-1', 200, 'browse', undefined],
])('of the range %s it answers %i', async (range, status, body, contentRange) => {
  const answer = await get(servers[0], '/features', { headers: { range } });
  expect([answer.status, answer.body, answer.headers['content-range']]).toEqual([status, body, contentRange]);
});

test('a range of another version is answered with the whole', async () => {
  const { headers } = await get(servers[0], '/features');
  const range = 'bytes=0-3';
  expect((await get(servers[0], '/features', { headers: { range, 'if-range': String(headers.etag) } })).status).toBe(
    206,
  );
  expect((await get(servers[0], '/features', { headers: { range, 'if-range': '"old"' } })).status).toBe(200);
});

test('text travels compressed to who accepts it, and arrives the same', async () => {
  const page = files['site/long.html'];
  const ask = (encoding: string) => get(servers[0], '/long', { headers: { 'accept-encoding': encoding } });
  const [plain, gzip, brotli] = [await ask('identity'), await ask('gzip, br;q=0'), await ask('gzip, deflate, br')];
  expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, page]);
  expect([gzip.headers['content-encoding'], gunzipSync(gzip.bytes).toString()]).toEqual(['gzip', page]);
  expect([brotli.headers['content-encoding'], brotliDecompressSync(brotli.bytes).toString()]).toEqual(['br', page]);
  expect(brotli.bytes.length).toBeLessThan(page.length / 10);
  expect(new Set([plain, gzip, brotli].map(({ headers }) => headers.etag)).size).toBe(3);
  for (const { headers } of [plain, gzip, brotli]) expect(headers.vary).toBe('Accept-Encoding');
});

test('a part of a compressible file is a part of the file, not of its compressed form', async () => {
  const headers = { range: 'bytes=0-4', 'accept-encoding': 'br' };
  const answer = await get(servers[0], '/long', { headers });
  expect([answer.status, answer.body, answer.headers['content-encoding']]).toEqual([206, 'words', undefined]);
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

test('a page of a feature, a head or a study that asks to be embedded may be framed, and no other', async () => {
  const policy = async (path: string) => (await get(servers[0], path)).headers['content-security-policy'];
  expect(await policy('/f/0/12?embed=all')).toContain('frame-ancestors *');
  expect(await policy('/f/0.html?12&embed=all')).toContain('frame-ancestors *');
  expect(await policy('/studies/ioi.html?embed=all')).toContain('frame-ancestors *');
  expect(await policy('/f/0/12?other=embed')).toContain("frame-ancestors 'none'");
  expect(await policy('/index/layer-0.arrow?embed=all')).toContain("frame-ancestors 'none'");
});

test('only reading is allowed, and HEAD sends no body', async () => {
  expect(await get(servers[0], '/features', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  expect((await get(servers[0], '/features', { method: 'POST' })).status).toBe(405);
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

test('a host that is none of this machine’s is a mistake of one line', async () => {
  const options = { site, base: '/', port: undefined };
  await expect(preview({ ...options, host: '192.0.2.1' }, silentEffects())).rejects.toThrow(
    '--host 192.0.2.1 is no address of this machine, expected such as 127.0.0.1, or 0.0.0.0 for all addresses',
  );
  await expect(preview({ ...options, host: 'no-such-host.invalid' }, silentEffects())).rejects.toThrow(
    '--host no-such-host.invalid is not known, expected',
  );
});
