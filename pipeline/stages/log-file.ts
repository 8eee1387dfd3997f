import { readSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Bytes gathered before they go to the file. */
const bufferBytes = 4 << 20;

/**
 * A file that only grows, written in large pieces; cut back on opening to what was committed. It reads and writes at
 * once, since nothing else waits meanwhile, and a promise for each small read would cost ten times the read.
 */
export class LogFile {
  readonly #handle: FileHandle;
  readonly #pending = new Uint8Array(bufferBytes);
  #pendingBytes = 0;
  #writtenBytes: number;

  private constructor(handle: FileHandle, writtenBytes: number) {
    this.#handle = handle;
    this.#writtenBytes = writtenBytes;
  }

  static async open(path: string, committedBytes: number): Promise<LogFile> {
    const handle = await open(path, committedBytes > 0 ? 'r+' : 'w+');
    await handle.truncate(committedBytes);
    return new LogFile(handle, committedBytes);
  }

  get bytes(): number {
    return this.#writtenBytes + this.#pendingBytes;
  }

  append(data: Float32Array | Uint32Array): void {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (this.#pendingBytes + bytes.byteLength > bufferBytes) this.#drain();
    if (bytes.byteLength > bufferBytes) {
      this.#write(bytes);
    } else {
      this.#pending.set(bytes, this.#pendingBytes);
      this.#pendingBytes += bytes.byteLength;
    }
  }

  /** Hands everything to the disk. */
  async flush(): Promise<void> {
    this.#drain();
    await this.#handle.datasync();
  }

  /** Fills the target from an offset. Throws RangeError past the end. */
  read(target: Float32Array | Uint32Array, offset: number): void {
    this.#drain();
    const bytesRead = readSync(this.#handle.fd, target, 0, target.byteLength, offset);
    if (bytesRead !== target.byteLength) throw new RangeError(`log ends before byte ${offset + target.byteLength}`);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #drain(): void {
    if (this.#pendingBytes === 0) return;
    const bytes = this.#pending.subarray(0, this.#pendingBytes);
    this.#pendingBytes = 0;
    this.#write(bytes);
  }

  #write(bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.byteLength) {
      done += writeSync(this.#handle.fd, bytes, done, bytes.byteLength - done, this.#writtenBytes + done);
    }
    this.#writtenBytes += done;
  }
}
