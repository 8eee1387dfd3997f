import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import { makeFolder, removeEmptyFolder, removePath } from '../disk/disk.ts';
import { writeFileAtomic } from '../disk/replace-file.ts';
import { errorCode } from '../errors/system-error.ts';

const crcBytes = 4;
const ending = '.bin';

/**
 * Parts of a run's measures that processes of their own computed ahead, or that an interrupted run had done:
 * OUT/.work/measured/NAME.bin, a CRC-32 and then the value as V8 serializes it, so that every number is the same to the bit.
 * A damaged part is as good as none.
 */
export class StoredParts {
  readonly #folder: string;
  readonly #writtenIn: string;

  /** Parts are written in a folder that their writer has to itself, OUT's owner where none is given, and appear when whole. */
  constructor(out: string, writtenIn?: string) {
    this.#folder = join(out, '.work', 'measured');
    this.#writtenIn = writtenIn ?? this.#folder;
  }

  /** Waits for those of the named that another thread of this process is computing. */
  async ready(_names: readonly string[]): Promise<void> {}

  /** Claims the named for this thread, but for those that another of this process has taken; says which these are. */
  claim(_names: readonly string[]): ReadonlySet<string> {
    return new Set();
  }

  /** What is stored, else what `compute` gives, stored when it is done for a run that takes up where this one stopped. */
  async keep<T>(name: string, compute: () => Promise<T>): Promise<T> {
    const stored = await this.read<T>(name);
    if (stored !== undefined) return stored;
    const value = await compute();
    await this.write(name, value);
    return value;
  }

  /** What `write` was given under the name, whose type is the caller's to know; nothing where there is none. */
  async read<T>(name: string): Promise<T | undefined> {
    const bytes = await readFile(this.#path(name)).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (bytes === undefined || bytes.length < crcBytes) return undefined;
    const value = bytes.subarray(crcBytes);
    return crc32(value) === bytes.readUInt32LE() ? deserialize(value) : undefined;
  }

  async write(name: string, value: unknown): Promise<void> {
    await makeFolder(this.#folder);
    const bytes = serialize(value);
    const head = Buffer.alloc(crcBytes);
    head.writeUInt32LE(crc32(bytes));
    await writeFileAtomic(this.#path(name), Buffer.concat([head, bytes]), this.#writtenIn);
  }

  /** The names of those that are stored. */
  async stored(): Promise<ReadonlySet<string>> {
    const files = await readdir(this.#folder).catch(() => []);
    return new Set(files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length)));
  }

  /** Removes those whose names begin so, and the folder where no other is in it. */
  async remove(beginning: string): Promise<void> {
    for (const name of await this.stored()) if (name.startsWith(beginning)) await removePath(this.#path(name));
    await removeEmptyFolder(this.#folder);
  }

  #path(name: string): string {
    return join(this.#folder, `${name}${ending}`);
  }
}

/** A part of a run's measures that depends on no other, and can be computed by a process of its own. */
export interface MeasurePart {
  /** What it is stored under. */
  readonly name: string;
  compute(): Promise<unknown>;
  /** Whether most of what a run has left to do waits for it: a companion begins with it. */
  readonly isAwaited?: boolean;
  /** Of parts that share work: computes some of them, all with this very function, at once. By name. */
  readonly together?: ComputeTogether;
}

export type ComputeTogether = (names: readonly string[]) => Promise<ReadonlyMap<string, unknown>>;
