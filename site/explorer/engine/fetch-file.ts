import { UserError } from '../../../pipeline/errors/user-error.ts';
import type { ExplorerFile } from '../../../pipeline/files/explorer-manifest.ts';

/** Fetches a file whole; `onBytes` hears of each piece that came. */
export type FetchFile = (file: ExplorerFile, onBytes: (bytes: number) => void) => Promise<Uint8Array>;

/**
 * Fetches the explorer's files from a folder. Their names say what is in them, so those that came are kept for good
 * where the browser keeps anything, and those that the manifest no longer names are removed by `forgetOthers`.
 */
export function fileFetcher(folder: string, store: FileStore): FetchFile {
  return async (file, onBytes) => {
    const url = `${folder}${file.path}`;
    const kept = await store.get(url);
    if (kept?.byteLength === file.bytes) {
      onBytes(file.bytes);
      return kept;
    }
    const bytes = await download(url, file, onBytes);
    await store.put(url, bytes);
    return bytes;
  };
}

async function download(url: string, { path, bytes }: ExplorerFile, onBytes: (bytes: number) => void) {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for await (const piece of pieces(await fetchOrThrow(url, path), path)) {
    if (at + piece.length > bytes) throw new UserError(`${path} is longer than the ${bytes} bytes expected`);
    whole.set(piece, at);
    at += piece.length;
    onBytes(piece.length);
  }
  if (at < bytes) throw new UserError(`${path} did not come whole: ${at} of ${bytes} bytes`);
  return whole;
}

/** Throws UserError naming the file that did not come, and why. */
export async function fetchOrThrow(url: string, path: string): Promise<Response> {
  const response = await fetch(url).catch((error: unknown) => {
    throw new UserError(`${path} did not come: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (!response.ok) throw new UserError(`${path} did not come: the host answered ${response.status}`);
  return response;
}

async function* pieces(response: Response, path: string): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) throw new UserError(`${path} did not come: the answer is empty`);
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new UserError(`${path} did not come whole: ${error instanceof Error ? error.message : String(error)}`);
    });
    if (done) return;
    yield value;
  }
}

/** Where files are kept between visits. */
export interface FileStore {
  has(url: string): Promise<boolean>;
  get(url: string): Promise<Uint8Array | undefined>;
  put(url: string, bytes: Uint8Array): Promise<void>;
  /** Removes what lies in a folder and is none of these. */
  forgetOthers(folder: string, urls: ReadonlySet<string>): Promise<void>;
}

export const noStore: FileStore = {
  has: async () => false,
  get: async () => undefined,
  put: async () => {},
  forgetOthers: async () => {},
};
