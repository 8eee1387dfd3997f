import { join } from 'node:path';
import { type Checksum, emptyChecksum } from '../disk/checksum.ts';
import { removePath } from '../disk/disk.ts';
import { LogFile } from './log-file.ts';

export interface AttributionLogPosition {
  readonly generation: number;
  readonly file: Checksum;
}

export const startOfAttributions: AttributionLogPosition = { generation: 0, file: emptyChecksum };

export interface StoredAttribution {
  /** By source position, 0 … length − 1. */
  readonly bySource: Float32Array;
  readonly byHead: Float32Array;
}

/**
 * Attributions of one layer's top examples, on disk, as records numbered from 0. Examples fall out of the top as
 * better ones come; `compact` writes the living ones anew, so that the file stays within a few times their size.
 */
export class AttributionLog {
  readonly #folder: string;
  readonly #layer: number;
  readonly #length: number;
  readonly #recordSize: number;
  #generation: number;
  #file: LogFile;

  private constructor(folder: string, layer: number, length: number, heads: number, generation: number, file: LogFile) {
    this.#folder = folder;
    this.#layer = layer;
    this.#length = length;
    this.#recordSize = length + heads;
    this.#generation = generation;
    this.#file = file;
  }

  /** `length` is the context's, in tokens. Throws DamagedFile where the file is not as it was committed. */
  static async open(
    folder: string,
    layer: number,
    { length, heads }: { length: number; heads: number },
    at: AttributionLogPosition,
  ): Promise<AttributionLog> {
    const file = await LogFile.open(fileOf(folder, layer, at.generation), at.file);
    return new AttributionLog(folder, layer, length, heads, at.generation, file);
  }

  get position(): AttributionLogPosition {
    return { generation: this.#generation, file: this.#file.written };
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  get records(): number {
    return this.#file.bytes / (4 * this.#recordSize);
  }

  /** Appends records, each a row of bySource [n, length] and of byHead [n, heads], and returns the first one's number. */
  append(bySource: Float32Array, byHead: Float32Array): number {
    const first = this.records;
    const heads = this.#recordSize - this.#length;
    const count = byHead.length / heads;
    const rows = new Float32Array(count * this.#recordSize);
    for (let i = 0; i < count; i++) {
      rows.set(bySource.subarray(i * this.#length, (i + 1) * this.#length), i * this.#recordSize);
      rows.set(byHead.subarray(i * heads, (i + 1) * heads), i * this.#recordSize + this.#length);
    }
    this.#file.append(rows);
    return first;
  }

  /** Attributions by record number, in the order asked for. */
  read(records: readonly number[]): StoredAttribution[] {
    const rows = new Float32Array(records.length * this.#recordSize);
    return records.map((record, i) => {
      const row = rows.subarray(i * this.#recordSize, (i + 1) * this.#recordSize);
      this.#file.read(row, 4 * record * this.#recordSize);
      return { bySource: row.subarray(0, this.#length), byHead: row.subarray(this.#length) };
    });
  }

  /** Keeps only the given records, in their order, and numbers them anew from 0. */
  async compact(living: readonly number[]): Promise<void> {
    const next = await LogFile.open(fileOf(this.#folder, this.#layer, this.#generation + 1), emptyChecksum);
    const row = new Float32Array(this.#recordSize);
    for (const record of living) {
      this.#file.read(row, 4 * record * this.#recordSize);
      next.append(row);
    }
    await this.#file.close();
    this.#file = next;
    this.#generation++;
  }

  /** Removes the generation before this one, once this one is committed. */
  async forget(): Promise<void> {
    if (this.#generation > 0) await removePath(fileOf(this.#folder, this.#layer, this.#generation - 1));
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  /** Throws DamagedFile unless the file holds what was written. */
  verify(): Promise<void> {
    return this.#file.verify();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

const fileOf = (folder: string, layer: number, generation: number) =>
  join(folder, `attributions-${layer}.${generation}.bin`);
