import { type Checksum, DamagedFile, emptyChecksum, extendChecksum, verifyFile } from '../disk/checksum.ts';
import { DiskFile } from '../disk/disk-file.ts';

/** Bytes gathered before they go to the file. */
const bufferBytes = 1 << 20;
const noBytes = new Uint8Array(0);

/** A file that only grows, written in large pieces; what was committed is checked on opening, and the rest cut off. */
export class LogFile {
  readonly #file: DiskFile;
  /** Has room from the first bytes on that are appended after a flush: a run keeps its logs open to its end. */
  #pending = noBytes;
  #pendingBytes = 0;
  #written: Checksum;

  private constructor(file: DiskFile, written: Checksum) {
    this.#file = file;
    this.#written = written;
  }

  /** Throws DamagedFile unless the file begins with what was committed. */
  static async open(path: string, committed: Checksum): Promise<LogFile> {
    if (committed.bytes === 0) return new LogFile(await DiskFile.create(path), emptyChecksum);
    await verifyFile(path, committed);
    const file = await DiskFile.open(path);
    await file.truncate(committed.bytes);
    return new LogFile(file, committed);
  }

  get bytes(): number {
    return this.#written.bytes + this.#pendingBytes;
  }

  /** What the file holds by now. */
  get written(): Checksum {
    this.#drain();
    return this.#written;
  }

  append(data: Float32Array | Uint32Array | Uint16Array | Uint8Array): void {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (this.#pendingBytes + bytes.byteLength > bufferBytes) this.#drain();
    if (bytes.byteLength > bufferBytes) {
      this.#write(bytes);
    } else {
      if (this.#pending === noBytes) this.#pending = new Uint8Array(bufferBytes);
      this.#pending.set(bytes, this.#pendingBytes);
      this.#pendingBytes += bytes.byteLength;
    }
  }

  /** Appends all that another file holds. */
  appendFile(other: LogFile): void {
    const piece = new Uint8Array(bufferBytes);
    for (let at = 0; at < other.bytes; at += piece.byteLength) {
      const next = piece.subarray(0, Math.min(piece.byteLength, other.bytes - at));
      other.#fill(next, at);
      this.append(next);
    }
  }

  /** Hands everything to the disk. */
  async flush(): Promise<void> {
    this.#drain();
    this.#pending = noBytes;
    await this.#file.sync();
  }

  /** Fills the target from an offset. Throws DamagedFile past the end. */
  read(target: Float32Array | Uint32Array | Uint16Array, offset: number): void {
    this.#fill(target, offset);
  }

  #fill(target: NodeJS.ArrayBufferView, offset: number): void {
    this.#drain();
    if (this.#file.readAt(target, offset) === target.byteLength) return;
    throw new DamagedFile(this.#file.path, `it ends before byte ${offset + target.byteLength}`);
  }

  /** Throws DamagedFile unless the file still holds what was written. */
  verify(): Promise<void> {
    return verifyFile(this.#file.path, this.written);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #drain(): void {
    if (this.#pendingBytes === 0) return;
    const bytes = this.#pending.subarray(0, this.#pendingBytes);
    this.#pendingBytes = 0;
    this.#write(bytes);
  }

  #write(bytes: Uint8Array): void {
    this.#file.writeAt(bytes, this.#written.bytes);
    this.#written = extendChecksum(this.#written, bytes);
  }
}
