import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';

export type Encoding = 'br' | 'gzip';

/** Files below this size travel as they are: they fit a packet. */
const leastBytes = 1024;
/** A level that a page takes milliseconds at. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

export const compressors: Readonly<Record<Encoding, () => Transform>> = {
  br: () => createBrotliCompress(brotliOptions),
  gzip: () => createGzip(),
};

/** Whether a file of this type and size is sent smaller to who accepts it. */
export const isCompressible = (type: string, bytes: number): boolean =>
  bytes >= leastBytes && /^(text\/|image\/svg|application\/(json|manifest|xml|wasm|vnd\.apache\.arrow))/.test(type);

/** The better of the encodings that an Accept-Encoding header accepts. Source: RFC 9110, section 12.5.3. */
export function acceptedEncoding(header: string | undefined): Encoding | undefined {
  const weights = new Map<string, number>();
  for (const item of (header ?? '').toLowerCase().split(',')) {
    const [name = '', weight = ''] = item.split(';').map((part) => part.trim());
    weights.set(name, weight.startsWith('q=') ? Number(weight.slice(2)) : 1);
  }
  const accepts = (name: string) => (weights.get(name) ?? weights.get('*') ?? 0) > 0;
  return (['br', 'gzip'] as const).find(accepts);
}
