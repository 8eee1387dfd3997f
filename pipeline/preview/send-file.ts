import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type ByteRange, parseRange } from './byte-range.ts';
import { cacheControl } from './cache-control.ts';
import { contentType } from './content-type.ts';
import { acceptedEncoding, compressors, type Encoding, isCompressible } from './encoding.ts';

type Headers = Readonly<Record<string, string | number>>;

/** A file found, the status that it is sent with, and headers that all answers carry. */
export interface Found {
  readonly file: string;
  readonly status: 200 | 404;
  readonly headers: Headers;
}

/** Sends a file: compressed, in part, or only as unchanged, where the request asks for that. */
export async function sendFile(request: IncomingMessage, response: ServerResponse, found: Found): Promise<void> {
  const { size, mtimeMs } = await stat(found.file);
  const type = contentType(found.file);
  const asked = request.headers;
  const isPartial = found.status === 200 && request.method === 'GET' && asked.range !== undefined;
  const canShrink = isCompressible(type, size);
  const encoding = canShrink && !isPartial ? acceptedEncoding(asked['accept-encoding']) : undefined;
  const etag = `"${[size, Math.round(mtimeMs * 1000), encoding ?? ''].join('-')}"`;
  const headers: Headers = {
    ...found.headers,
    'Cache-Control': cacheControl(found.file),
    ETag: etag,
    'Accept-Ranges': 'bytes',
    ...(canShrink && { Vary: 'Accept-Encoding' }),
  };
  if (found.status === 200 && names(asked['if-none-match'], etag)) return end(response, 304, headers);
  const isCurrent = asked['if-range'] === undefined || asked['if-range'] === etag;
  const range = isPartial && isCurrent ? parseRange(asked.range, size) : undefined;
  if (range === 'none') return end(response, 416, { ...headers, 'Content-Range': `bytes */${size}` });
  response.writeHead(range ? 206 : found.status, {
    ...headers,
    'Content-Type': type,
    ...lengthHeaders(size, range, encoding),
  });
  if (request.method === 'HEAD' || size === 0) response.end();
  else await stream(response, found.file, range, encoding);
}

function end(response: ServerResponse, status: number, headers: Headers): void {
  response.writeHead(status, headers).end();
}

function lengthHeaders(size: number, range: ByteRange | undefined, encoding: Encoding | undefined): Headers {
  if (encoding) return { 'Content-Encoding': encoding };
  if (!range) return { 'Content-Length': size };
  const { first, last } = range;
  return { 'Content-Length': last - first + 1, 'Content-Range': `bytes ${first}-${last}/${size}` };
}

async function stream(
  response: ServerResponse,
  file: string,
  range: ByteRange | undefined,
  encoding: Encoding | undefined,
): Promise<void> {
  const bytes = createReadStream(file, range && { start: range.first, end: range.last });
  if (encoding) await pipeline(bytes, compressors[encoding](), response);
  else await pipeline(bytes, response);
}

/** Whether an If-None-Match header names a version; compared weakly, as RFC 9110, section 13.1.2, has it. */
function names(header: string | undefined, etag: string): boolean {
  const listed = (header ?? '').split(',').map((item) => item.trim().replace(/^W\//, ''));
  return listed.includes('*') || listed.includes(etag);
}
