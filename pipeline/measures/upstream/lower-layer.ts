import { type ActiveFeatures, activeFeatures } from '../../attribution/recursion/active-features.ts';
import { type FloatTensor, float32, type IntTensor, int32 } from '../../numbers/tensor.ts';
import { copyRow } from '../../numbers/tensor-rows.ts';
import type { Sae } from '../../sae/sae.ts';
import { FeatureSums } from './feature-parts.ts';

/** Active features of one run of a program. */
export const rowBlock = 1024;

/** The active features of a lower layer with their decoder rows, cut into blocks that programs take. */
export interface LowerLayer {
  readonly room: LowerRoom;
  readonly active: ActiveFeatures;
  readonly blocks: readonly RowBlock[];
}

/** Rows that featureProgram takes. */
interface RowBlock {
  readonly decoder: FloatTensor;
  readonly sources: IntTensor;
  readonly activations: FloatTensor;
}

/** Memory of one lower layer that every context uses again: fresh megabytes each time cost more than the products. */
export interface LowerRoom {
  readonly sae: Sae;
  readonly sums: FeatureSums;
  readonly blocks: RowBlock[];
  contributions: Float32Array;
}

export function openLowerRoom(sae: Sae, nHeads: number): LowerRoom {
  return { sae, sums: new FeatureSums(sae.dSae, nHeads), blocks: [], contributions: new Float32Array() };
}

/** A lower layer's active features up to a position, in the room of the context before. */
export function lowerLayer(room: LowerRoom, f: FloatTensor, last: number): LowerLayer {
  const { sae } = room;
  const active = activeFeatures(f.data.subarray(0, (last + 1) * sae.dSae), sae.dSae);
  const count = Math.ceil(active.features.length / rowBlock);
  while (room.blocks.length < count) room.blocks.push(emptyBlock(sae));
  const blocks = room.blocks.slice(0, count);
  for (const [i, { decoder, sources, activations }] of blocks.entries()) {
    const [start, end] = [i * rowBlock, (i + 1) * rowBlock];
    active.features.subarray(start, end).forEach((feature, row) => {
      copyRow(sae.wDec, feature, decoder, row);
    });
    // Rows past the last keep an earlier context's decoder; an activation of 0 makes them nothing.
    sources.data.fill(0).set(active.sources.subarray(start, end));
    activations.data.fill(0).set(active.values.subarray(start, end));
  }
  return { room, active, blocks };
}

/** The blocks that hold active features up to a position; at least the first. */
export function blocksUpTo({ active, blocks }: LowerLayer, last: number): readonly RowBlock[] {
  return blocks.filter((_, i) => i === 0 || active.sources[i * rowBlock] <= last);
}

function emptyBlock(sae: Sae): RowBlock {
  return { decoder: float32([rowBlock, sae.dIn]), sources: int32([rowBlock]), activations: float32([rowBlock]) };
}

/** Room for a layer's contributions to one block of targets. */
export function contributionRoom(room: LowerRoom, size: number): Float32Array {
  if (room.contributions.length < size) room.contributions = new Float32Array(size);
  return room.contributions;
}
