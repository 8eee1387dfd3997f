import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import type { UpstreamPrograms } from './compiled-programs.ts';
import { FilledBlocks } from './filled-blocks.ts';
import { type LowerLayer, rowBlock } from './lower-layer.ts';
import type { Association } from './programs.ts';

/** Numbers of a context's decoder rows that are kept for all of its readers: 256 MiB. */
export const mostKeptRows = 2 ** 26;

/** The reader that rows are multiplied with, and how. */
export interface RowReader {
  readonly layer: number;
  readonly association: Association;
  /** The last position that it reads. */
  readonly last: number;
}

/**
 * Rows of lower layers' active features, as programs take them, in memory that is used again: decoder rows of all layers of a
 * context where these are few; else, as what the heads take into their values always, of one layer at a time.
 */
export class FeatureRows {
  readonly #programs: UpstreamPrograms;
  readonly #most: number;
  readonly #kept = new Map<LowerLayer, FilledBlocks>();
  readonly #decoder = new FilledBlocks();
  readonly #values = new FilledBlocks();
  #areKept = true;
  #rows: FloatTensor | undefined;
  #written: FloatTensor | undefined;

  constructor(programs: UpstreamPrograms, most = mostKeptRows) {
    this.#programs = programs;
    this.#most = most;
  }

  /** Takes note of a context that its layers have entered. */
  enter(layers: readonly LowerLayer[]): void {
    const numbers = layers.reduce((sum, { active, sae }) => sum + active.features.length * sae.dIn, 0);
    this.#areKept = numbers <= this.#most;
  }

  /** Rows of a layer up to a position, in blocks: [row, dIn], or by head [head, row, dHead]; until the next are asked for. */
  of(lower: LowerLayer, reader: RowReader): Promise<readonly FloatTensor[]> {
    return reader.association === 'directions' ? this.#decoderRows(lower, reader) : this.#valuesOf(lower, reader);
  }

  #decoderRows(lower: LowerLayer, { last }: RowReader): Promise<readonly FloatTensor[]> {
    return this.#blocksFor(lower).upTo(lower.active, lower.blocksUpTo(last).length, async (i, into) =>
      lower.decoderRows(i, roomOf(lower, into)),
    );
  }

  #blocksFor(lower: LowerLayer): FilledBlocks {
    if (!this.#areKept) return this.#decoder;
    const own = this.#kept.get(lower) ?? new FilledBlocks();
    this.#kept.set(lower, own);
    return own;
  }

  /** What a layer's heads take into their values of what the features write to the residual stream, anew for each reader. */
  async #valuesOf(lower: LowerLayer, { layer, last }: RowReader): Promise<readonly FloatTensor[]> {
    const write = await this.#programs.written(lower.sae);
    const take = await this.#programs.values(layer, rowBlock);
    return this.#values.upTo({ lower, layer }, lower.blocksUpTo(last).length, async (i, into) => {
      this.#rows = lower.decoderRows(i, roomOf(lower, this.#rows));
      const { written } = await write({ decoder: this.#rows }, this.#written && { written: this.#written });
      this.#written = written;
      return (await take({ x: written }, into && { values: into })).values;
    });
  }
}

/** Room for a block of decoder rows: what there is, where a layer of the same width had it before. */
function roomOf({ sae: { dIn } }: LowerLayer, room: FloatTensor | undefined): FloatTensor {
  return room?.shape[1] === dIn ? room : float32([rowBlock, dIn]);
}
