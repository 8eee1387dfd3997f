import type { Shard } from './shard.ts';

/** Every part of so many, in order. */
export const shardsOf = ({ of }: Pick<Shard, 'of'>): Shard[] =>
  Array.from({ length: of }, (_, i) => ({ number: i + 1, of }));
