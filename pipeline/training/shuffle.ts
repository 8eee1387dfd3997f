import { type Random, randomInteger, seededRandom } from '../numbers/seeded-random.ts';

/** The numbers 0 … size − 1 in random order. Source: Durstenfeld 1964, "Algorithm 235: Random permutation". */
export function shuffledIndices(size: number, random: Random): Int32Array {
  const indices = Int32Array.from({ length: size }, (_, i) => i);
  for (let last = size - 1; last > 0; last--) {
    const other = randomInteger(random, 0, last);
    const moved = indices[last];
    indices[last] = indices[other];
    indices[other] = moved;
  }
  return indices;
}

/** The items in random order within consecutive blocks of `size`; memory is that of one block. */
export async function* shuffledBlocks<T>(
  items: AsyncIterable<T>,
  size: number,
  seeds: readonly number[],
): AsyncGenerator<T> {
  // biome-ignore lint/plugin: a few seeds
  const random = seededRandom(...seeds);
  let block: T[] = [];
  for await (const item of items) {
    if (block.push(item) < size) continue;
    yield* shuffled(block, random);
    block = [];
  }
  yield* shuffled(block, random);
}

function* shuffled<T>(items: readonly T[], random: Random): Generator<T> {
  for (const index of shuffledIndices(items.length, random)) {
    const item = items[index];
    if (item !== undefined) yield item;
  }
}
