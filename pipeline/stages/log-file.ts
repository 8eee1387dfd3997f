import { type FileHandle, open } from 'node:fs/promises';

/** Bytes gathered before they go to the file. */
const bufferBytes = 4 << 20;

/** A file that only grows, written in large pieces; cut back on opening to what was committed. */
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

  async append(data: Float32Array | Uint32Array): Promise<void> {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (this.#pendingBytes + bytes.byteLength > bufferBytes) await this.#drain();
    if (bytes.byteLength > bufferBytes) return this.#write(bytes);
    this.#pending.set(bytes, this.#pendingBytes);
    this.#pendingBytes += bytes.byteLength;
  }

  /** Hands everything to the disk. */
  async flush(): Promise<void> {
    await this.#drain();
    await this.#handle.datasync();
  }

  /** Fills the target from an offset. Throws RangeError past the end. */
  async read(target: Float32Array | Uint32Array, offset: number): Promise<void> {
    await this.#drain();
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    const { bytesRead } = await this.#handle.read(bytes, 0, bytes.byteLength, offset);
    if (bytesRead !== bytes.byteLength) throw new RangeError(`log ends before byte ${offset + bytes.byteLength}`);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #drain(): Promise<void> {
    const bytes = this.#pending.subarray(0, this.#pendingBytes);
    this.#pendingBytes = 0;
    await this.#write(bytes);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.byteLength) {
      const { bytesWritten } = await this.#handle.write(
        bytes,
        done,
        bytes.byteLength - done,
        this.#writtenBytes + done,
      );
      done += bytesWritten;
    }
    this.#writtenBytes += done;
  }
}
