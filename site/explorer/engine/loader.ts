import type { ExplorerFile } from '../../../pipeline/files/explorer-manifest.ts';
import type { LoadProgress } from '../protocol.ts';
import type { FetchFile } from './fetch-file.ts';

/** Fetches files, each once, a few at a time in the order they were asked for, and reports the bytes of all of them. */
export class Loader {
  readonly #fetch: FetchFile;
  readonly #report: (progress: LoadProgress) => void;
  readonly #coming = new Map<string, Promise<Uint8Array>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #loaded = 0;
  #total = 0;

  constructor(fetchFile: FetchFile, report: (progress: LoadProgress) => void) {
    this.#fetch = fetchFile;
    this.#report = report;
  }

  /** The file's bytes; one that failed is fetched again when it is asked for again. */
  load(file: ExplorerFile, what: string): Promise<Uint8Array> {
    const coming = this.#coming.get(file.path) ?? this.#start(file, what);
    this.#coming.set(file.path, coming);
    return coming;
  }

  /** Lets go of a file's bytes. */
  release({ path }: ExplorerFile): void {
    this.#coming.delete(path);
  }

  async #start(file: ExplorerFile, what: string): Promise<Uint8Array> {
    this.#total += file.bytes;
    let came = 0;
    await this.#turn();
    try {
      return await this.#fetch(file, (bytes) => {
        came += bytes;
        this.#loaded += bytes;
        this.#report({ loaded: this.#loaded, total: this.#total, what });
      });
    } catch (error) {
      this.#coming.delete(file.path);
      this.#loaded -= came;
      this.#total -= file.bytes;
      throw error;
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= filesAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
  }
}

const filesAtOnce = 4;
