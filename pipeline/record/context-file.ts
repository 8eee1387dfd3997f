import { readSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { type Checksum, emptyChecksum, extendChecksum } from '../disk/checksum.ts';
import { replaceFile } from '../disk/replace-file.ts';

/** The packed contexts of a run, on disk: int32 tokens, one context after another. */
export interface ContextFile {
  readonly count: number;
  /** Tokens of a context. */
  readonly length: number;
  /** The tokens of contexts first … first + count − 1, side by side. */
  read(first: number, count: number): Promise<Int32Array>;
  /** One context's tokens, at once; quick for contexts asked for again and again. Not to be written to. */
  tokensOf(context: number): Int32Array;
  close(): Promise<void>;
}

/** Bytes gathered before they go to the file. */
const pieceBytes = 1 << 20;

/** Writes contexts to a file that appears when it is whole; `onContext` hears of each. Returns what the file holds. */
export async function writeContexts(
  path: string,
  contexts: AsyncIterable<Int32Array>,
  onContext: (written: number) => void,
): Promise<Checksum> {
  let checksum = emptyChecksum;
  await replaceFile(path, async (file) => {
    let pieces: Uint8Array[] = [];
    let [gathered, written] = [0, 0];
    const drain = async () => {
      const bytes = Buffer.concat(pieces);
      await file.write(bytes);
      checksum = extendChecksum(checksum, bytes);
      [pieces, gathered] = [[], 0];
    };
    for await (const tokens of contexts) {
      pieces.push(new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength));
      gathered += tokens.byteLength;
      if (gathered >= pieceBytes) await drain();
      onContext(++written);
    }
    await drain();
  });
  return checksum;
}

/** What tokensOf keeps in memory: pages of some contexts, 4 MB in all, or of one where it has above 4,096 tokens. */
const pageBytes = 16 << 10;
const maxPages = 256;

export async function openContexts(path: string, length: number): Promise<ContextFile> {
  const handle: FileHandle = await open(path);
  const bytesPerContext = length * Int32Array.BYTES_PER_ELEMENT;
  const perPage = Math.max(1, Math.floor(pageBytes / bytesPerContext));
  const { size } = await stat(path);
  const pages = new Map<number, Int32Array>();

  function page(index: number): Int32Array {
    const known = pages.get(index);
    if (known) return known;
    const [oldest] = pages.keys();
    if (oldest !== undefined && pages.size >= maxPages) pages.delete(oldest);
    const tokens = new Int32Array(perPage * length);
    readSync(handle.fd, tokens, 0, tokens.byteLength, index * perPage * bytesPerContext);
    pages.set(index, tokens);
    return tokens;
  }

  return {
    count: size / bytesPerContext,
    length,
    tokensOf(context) {
      const index = Math.floor(context / perPage);
      const start = (context - index * perPage) * length;
      return page(index).subarray(start, start + length);
    },
    async read(first, count) {
      const tokens = new Int32Array(count * length);
      const { bytesRead } = await handle.read(
        new Uint8Array(tokens.buffer),
        0,
        tokens.byteLength,
        first * bytesPerContext,
      );
      if (bytesRead !== tokens.byteLength)
        throw new RangeError(`contexts ${first}…${first + count - 1} are not all in ${path}`);
      return tokens;
    },
    close: () => handle.close(),
  };
}
