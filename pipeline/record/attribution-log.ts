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
  /** What no head wrote of it: the output bias. */
  readonly outputBias: number;
}

/** Attributions of some examples, side by side. */
export interface AttributionRows {
  /** [example, length] */
  readonly bySource: Float32Array;
  /** [example, head] */
  readonly byHead: Float32Array;
  /** [example]; 0 of an SAE before W_O. */
  readonly outputBias: Float32Array;
}

/**
 * Attributions of one SAE's top examples, on disk, as records numbered from 0. Examples fall out of the top as
 * better ones come; `compact` writes the living ones anew, so that the file stays within a few times their size.
 */
export class AttributionLog {
  readonly #folder: string;
  readonly #sae: string;
  readonly #length: number;
  readonly #recordSize: number;
  #generation: number;
  #file: LogFile;

  private constructor(folder: string, sae: string, length: number, heads: number, generation: number, file: LogFile) {
    this.#folder = folder;
    this.#sae = sae;
    this.#length = length;
    this.#recordSize = length + heads + 1;
    this.#generation = generation;
    this.#file = file;
  }

  /** `length` is the context's, in tokens. Throws DamagedFile where the file is not as it was committed. */
  static async open(
    folder: string,
    sae: string,
    { length, heads }: { length: number; heads: number },
    at: AttributionLogPosition,
  ): Promise<AttributionLog> {
    const file = await LogFile.open(fileOf(folder, sae, at.generation), at.file);
    return new AttributionLog(folder, sae, length, heads, at.generation, file);
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

  /** Appends records, each a row of bySource [n, length], byHead [n, heads] and outputBias [n]; the first one's number. */
  append({ bySource, byHead, outputBias }: AttributionRows): number {
    const first = this.records;
    const count = outputBias.length;
    const heads = byHead.length / count;
    const rows = new Float32Array(count * this.#recordSize);
    for (let i = 0; i < count; i++) {
      rows.set(bySource.subarray(i * this.#length, (i + 1) * this.#length), i * this.#recordSize);
      rows.set(byHead.subarray(i * heads, (i + 1) * heads), i * this.#recordSize + this.#length);
      rows.set(outputBias.subarray(i, i + 1), (i + 1) * this.#recordSize - 1);
    }
    this.#file.append(rows);
    return first;
  }

  /** Appends a record of another log; its number here. */
  appendRecord(from: AttributionLog, record: number): number {
    const first = this.records;
    const row = new Float32Array(this.#recordSize);
    from.#file.read(row, 4 * record * this.#recordSize);
    this.#file.append(row);
    return first;
  }

  /** Attributions by record number, in the order asked for. */
  read(records: readonly number[]): StoredAttribution[] {
    const rows = new Float32Array(records.length * this.#recordSize);
    return records.map((record, i) => {
      const row = rows.subarray(i * this.#recordSize, (i + 1) * this.#recordSize);
      this.#file.read(row, 4 * record * this.#recordSize);
      const [bySource, byHead] = [row.subarray(0, this.#length), row.subarray(this.#length, -1)];
      return { bySource, byHead, outputBias: row.at(-1) ?? Number.NaN };
    });
  }

  /** Keeps only the given records, in their order, and numbers them anew from 0. */
  async compact(living: readonly number[]): Promise<void> {
    const next = await LogFile.open(fileOf(this.#folder, this.#sae, this.#generation + 1), emptyChecksum);
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
    if (this.#generation > 0) await removePath(fileOf(this.#folder, this.#sae, this.#generation - 1));
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

const fileOf = (folder: string, sae: string, generation: number) =>
  join(folder, `attributions-${sae}.${generation}.bin`);
