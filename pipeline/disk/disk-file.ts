import { fstatSync, readSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { change, changeNow } from './disk.ts';

/** Node refuses to read or write 2 GiB at once; the embedding of Gemma 2 2B has 2.4 GB. */
const mostAtOnce = 2 ** 30;

/** A file that is written to. It reads and writes at once where nothing else waits meanwhile: a promise would cost more. */
export class DiskFile {
  readonly path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** An empty file; one that is there is emptied. */
  static async create(path: string): Promise<DiskFile> {
    return new DiskFile(path, await change('create', path, () => open(path, 'w+')));
  }

  /** A file that is there already. Throws the system's own error where it is not. */
  static async open(path: string): Promise<DiskFile> {
    return new DiskFile(path, await open(path, 'r+'));
  }

  get bytes(): number {
    return fstatSync(this.#handle.fd).size;
  }

  /** When the file system says that it was last written. */
  get modifiedMs(): number {
    return fstatSync(this.#handle.fd).mtimeMs;
  }

  /** Writes at the end of what was written. */
  write(data: string | Uint8Array): Promise<void> {
    return change('write', this.path, () => this.#handle.writeFile(data));
  }

  writeAt(bytes: Uint8Array, position: number): void {
    changeNow('write', this.path, () => {
      for (let done = 0; done < bytes.byteLength; ) {
        done += writeSync(this.#handle.fd, bytes, done, pieceOf(bytes, done), position + done);
      }
    });
  }

  /** Fills the target from a position on, as far as the file goes; the bytes read. */
  readAt(target: NodeJS.ArrayBufferView, position: number): number {
    let done = 0;
    while (done < target.byteLength) {
      const read = readSync(this.#handle.fd, target, done, pieceOf(target, done), position + done);
      if (read === 0) break;
      done += read;
    }
    return done;
  }

  truncate(bytes: number): Promise<void> {
    return change('truncate', this.path, () => this.#handle.truncate(bytes));
  }

  /** Returns when the disk holds what was written. */
  sync(): Promise<void> {
    return change('sync', this.path, () => this.#handle.sync());
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** How much of what is left behind `done` bytes is read or written at once. */
const pieceOf = ({ byteLength }: { readonly byteLength: number }, done: number): number =>
  Math.min(mostAtOnce, byteLength - done);
