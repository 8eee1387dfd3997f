import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import * as z from 'zod';
import { makeFolder, removePath } from '../disk/disk.ts';
import { DiskFile } from '../disk/disk-file.ts';
import { isRunning, ownIdentity } from '../disk/process-identity.ts';
import { writeJsonAtomic } from '../disk/replace-file.ts';
import { type FloatTensor, type Shape, sizeOf } from '../numbers/tensor.ts';
import { pathKind, readJsonFile } from './files.ts';

/** Smaller tensors stay in memory. */
const leastBytes = 1 << 20;

/**
 * Tensors whose values lie in files of their own, read when they are asked for: weights are then in memory once, in the
 * programs that compute with them, and not on the host besides.
 */
export class WeightFiles {
  readonly #folder: string;
  readonly #files: DiskFile[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** In a folder within `parent` that nobody else uses, in this process or another. */
  static async open(parent: string): Promise<WeightFiles> {
    const folder = join(parent, `${prefix}${hostname()}-${process.pid}-${threadId}-${++opened}`);
    await removePath(folder);
    await makeFolder(folder);
    await writeJsonAtomic(join(folder, ownerFile), ownIdentity());
    return new WeightFiles(folder);
  }

  /** The same tensor, its values in a file. */
  async keep(tensor: FloatTensor): Promise<FloatTensor> {
    if (tensor.file) return tensor;
    const { shape, data } = tensor;
    if (data.byteLength < leastBytes) return tensor;
    const file = await DiskFile.create(join(this.#folder, `${this.#files.length}.f32`));
    this.#files.push(file);
    file.writeAt(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 0);
    return fromFile(shape, file);
  }

  /** Closes the files and removes them. */
  async remove(): Promise<void> {
    for (const file of this.#files) await file.close();
    await removePath(this.#folder);
  }
}

/** What the name of a folder of weights begins with, wherever the process that made it runs or ran. */
const prefix = '.weights-';

/** Folders that this thread has opened. */
let opened = 0;

/** Says which process is at work in such a folder. */
const ownerFile = 'owner.json';
const ownerSchema = z.object({ host: z.string(), machine: z.string(), pid: z.int(), started: z.string() });

/** Removes what killed processes left in a folder in which no other is at work any more. */
export async function removeWeightFiles(parent: string): Promise<void> {
  for (const folder of await weightFolders(parent)) await removePath(folder);
}

/** Removes what processes of this machine left that are gone; others may be at work in the same folder. */
export async function removeAbandonedWeights(parent: string): Promise<void> {
  for (const folder of await weightFolders(parent)) {
    const owner = ownerSchema.safeParse(await readJsonFile(join(folder, ownerFile)).catch(() => undefined)).data;
    if (owner && isRunning(owner) === false) await removePath(folder);
  }
}

async function weightFolders(parent: string): Promise<string[]> {
  const names = (await pathKind(parent)) === 'folder' ? await readdir(parent) : [];
  return names.filter((name) => name.startsWith(prefix)).map((name) => join(parent, name));
}

/** Its values go again when nobody holds them any more. */
function fromFile(shape: Shape, file: DiskFile): FloatTensor {
  let held: WeakRef<Float32Array> | undefined;
  const read = (into: Float32Array, at: number) => {
    if (file.readAt(into, into.BYTES_PER_ELEMENT * at) < into.byteLength)
      throw new Error(`${file.path} holds less than was written`);
  };
  return {
    shape,
    dtype: 'float32',
    file: { path: file.path, read },
    get data() {
      const known = held?.deref();
      if (known) return known;
      const values = new Float32Array(sizeOf(shape));
      read(values, 0);
      held = new WeakRef(values);
      return values;
    },
  };
}
