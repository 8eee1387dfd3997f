import { type Checksum, checksumOf, verifyFile } from '../../disk/checksum.ts';
import { removePath } from '../../disk/disk.ts';
import { DiskFile } from '../../disk/disk-file.ts';
import type { ActivationStream, CorpusPosition } from './activations.ts';
import { ActivationBlock, type BlockShape, blockBytes, inFile, inMemory } from './block.ts';
import { blockPath } from './block-files.ts';
import type { Normalizer } from './normalizer.ts';

/** A block that was filled: where in the corpus it begins and ends, and its file if it has one. */
export interface BlockRecord {
  readonly start: CorpusPosition;
  readonly end: CorpusPosition;
  readonly file?: Checksum | undefined;
}

export interface BlockStoreOptions {
  readonly shape: BlockShape;
  readonly normalizers: readonly Normalizer[];
  /** Where blocks are kept as files; in memory where left out. */
  readonly folder?: string | undefined;
  /** Whether blocks are served again, in later epochs. */
  readonly keep: boolean;
  /** Blocks filled before an interruption. */
  readonly records: readonly BlockRecord[];
  open(start: CorpusPosition): Promise<ActivationStream>;
}

const BEGINNING: CorpusPosition = { epoch: 0, context: 0 };

/** The blocks of activations that a training goes through; each is filled when it is first asked for. */
export class BlockStore {
  readonly #options: BlockStoreOptions;
  readonly #records: BlockRecord[];
  readonly #open = new Map<number, { readonly block: ActivationBlock; close(): Promise<void> }>();
  /** Blocks whose files this store wrote or verified. */
  readonly #sound = new Set<number>();
  #stream: ActivationStream | undefined;

  constructor(options: BlockStoreOptions) {
    this.#options = options;
    this.#records = [...options.records];
  }

  get records(): readonly BlockRecord[] {
    return this.#records;
  }

  /** A block; the one before it must have been asked for once. */
  async block(index: number): Promise<ActivationBlock> {
    const found = this.#open.get(index);
    if (found) return found.block;
    if (this.#options.folder !== undefined || !this.#options.keep) await this.#closeAll();
    const record = this.#records[index];
    const opened = record?.file ? await this.#reopen(index, record.file) : await this.#fill(index);
    this.#open.set(index, opened);
    return opened.block;
  }

  /** Removes the files of blocks that no step needs any more. */
  async removeBefore(index: number): Promise<void> {
    if (this.#options.keep) return;
    for (let old = 0; old < index; old++) {
      const record = this.#records[old];
      if (!record?.file) continue;
      await removePath(this.#path(old));
      this.#records[old] = { start: record.start, end: record.end };
    }
  }

  async close(): Promise<void> {
    await this.#closeAll();
    await this.#stream?.close();
  }

  async #closeAll(): Promise<void> {
    for (const { close } of this.#open.values()) await close();
    this.#open.clear();
  }

  async #reopen(index: number, checksum: Checksum) {
    const { shape } = this.#options;
    if (!this.#sound.has(index)) await verifyFile(this.#path(index), checksum);
    this.#sound.add(index);
    const file = await DiskFile.open(this.#path(index));
    return { block: new ActivationBlock(shape, inFile(file), shape.tokens), close: () => file.close() };
  }

  async #fill(index: number) {
    const { shape, folder, normalizers } = this.#options;
    const start = this.#records.at(index)?.start ?? (index > 0 ? this.#records[index - 1].end : BEGINNING);
    const stream = await this.#streamAt(start);
    const file = folder === undefined ? undefined : await DiskFile.create(this.#path(index));
    const block = new ActivationBlock(shape, file ? inFile(file) : inMemory(blockBytes(shape)));
    while (!block.full) block.put(await stream.next(), normalizers);
    await file?.sync();
    const record = { start, end: stream.position };
    this.#records[index] = file ? { ...record, file: await checksumOf(this.#path(index)) } : record;
    this.#sound.add(index);
    return { block, close: async () => file?.close() };
  }

  async #streamAt(start: CorpusPosition): Promise<ActivationStream> {
    const there = this.#stream?.position;
    if (this.#stream && there?.epoch === start.epoch && there.context === start.context) return this.#stream;
    await this.#stream?.close();
    this.#stream = await this.#options.open(start);
    return this.#stream;
  }

  #path(index: number): string {
    return blockPath(this.#options.folder ?? '', index);
  }
}
