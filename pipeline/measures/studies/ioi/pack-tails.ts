import type { ChangedAt, ChangedPrompt } from './changed-prompt.ts';
import type { PackSize } from './programs.ts';
import type { Snapshot } from './snapshots.ts';

/** A tail in a pack: positions `start` … `end` of its prompt, from token `at` of the pack on. */
interface PackedTail {
  /** Its place among all tails that were to be packed. */
  readonly row: number;
  readonly changed: ChangedPrompt;
  readonly start: number;
  readonly end: number;
  readonly at: number;
  /** The memory of its prompt in the pack. */
  readonly slot: PackedMemory;
}

/** Positions 0 … `count` − 1 of an unchanged prompt, from place `at` of the pack's memory on. */
interface PackedMemory {
  readonly snapshot: Snapshot;
  readonly count: number;
  readonly at: number;
}

/** Tails that run together, each seeing itself and the memory of its own prompt alone. */
export interface TailPack {
  readonly tails: readonly PackedTail[];
  readonly slots: readonly PackedMemory[];
  /** Of the tokens, those that tails fill. */
  readonly used: number;
}

/** Tails in the order given, as many to a pack as there is room for; the prompts of one pack are remembered once. */
export function packTails(all: readonly ChangedPrompt[], changedAt: ChangedAt, size: PackSize): TailPack[] {
  const packs: TailPack[] = [];
  let pack = newPack();
  for (const [row, changed] of all.entries()) {
    const { places } = changed.snapshot.prompt;
    const [start, end] = [places[changedAt], places.end];
    const tokens = end - start + 1;
    const known = pack.slots.find(({ snapshot }) => snapshot === changed.snapshot);
    const isFull = pack.used + tokens > size.tokens || (!known && pack.remembered + start > size.memory);
    if (isFull && pack.tails.length > 0) {
      packs.push(pack);
      pack = newPack();
    }
    const slot = (isFull ? undefined : known) ?? { snapshot: changed.snapshot, count: start, at: pack.remembered };
    if (!pack.slots.includes(slot)) {
      pack.slots.push(slot);
      pack.remembered += start;
    }
    pack.tails.push({ row, changed, start, end, at: pack.used, slot });
    pack.used += tokens;
  }
  return pack.tails.length > 0 ? [...packs, pack] : packs;
}

const newPack = () => ({ tails: [] as PackedTail[], slots: [] as PackedMemory[], used: 0, remembered: 0 });
