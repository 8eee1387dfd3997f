import { freeRoom } from '../../disk/free-room.ts';
import type { Effects } from '../../effects.ts';
import { UserError } from '../../errors/user-error.ts';
import { type BlockShape, blockBytes } from './block.ts';
import { storedBytes } from './block-files.ts';
import type { BlockStoreOptions } from './block-store.ts';

/** Most tokens of a block of activations, and most bytes of blocks that are kept in memory. */
const BLOCK_TOKENS = 2 ** 17;
const MEMORY_BYTES = 2 ** 30;

interface PlanOptions extends Pick<BlockShape, 'layers' | 'dIn'> {
  /** Tokens of a step, and steps of all epochs. */
  readonly batch: number;
  readonly steps: number;
  readonly epochs: number;
  /** Where blocks go that memory is too short for, and where those of an interrupted training are. */
  readonly folder: string;
  readonly effects: Pick<Effects, 'log'>;
  readonly free?: typeof freeRoom;
}

interface BlockPlan {
  readonly store: Pick<BlockStoreOptions, 'shape' | 'keep' | 'folder'>;
  readonly count: number;
}

/**
 * Blocks of whole batches, of one size: as many as the tokens of one epoch need. They are kept where later epochs read
 * them again, in files where memory is short. Throws UserError where the disk has no room for those that are not there yet.
 */
export async function planBlocks(options: PlanOptions): Promise<BlockPlan> {
  const { layers, dIn, batch, steps, epochs, folder, effects, free = freeRoom } = options;
  const batches = Math.ceil(steps / epochs);
  const count = Math.ceil((batches * batch) / Math.max(BLOCK_TOKENS, batch));
  const shape = { layers, dIn, tokens: batch * Math.ceil(batches / count) };
  const keep = epochs > 1;
  const bytes = blockBytes(shape) * (keep ? count : 1);
  if (bytes <= MEMORY_BYTES) return { store: { shape, keep }, count };
  const onDisk = keep ? bytes : 2 * bytes;
  const rest = Math.max(0, onDisk - (await storedBytes(folder)));
  const room = await free(folder);
  if (room !== undefined && room < rest) {
    throw new UserError(
      `too little room for activations: ${gigabytes(rest)} GB more, ${gigabytes(room)} GB are free (${folder})`,
    );
  }
  effects.log(`activations go to files of ${gigabytes(onDisk)} GB in ${folder}: over ${gigabytes(MEMORY_BYTES)} GB`);
  return { store: { shape, keep, folder }, count };
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
