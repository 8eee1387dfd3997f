import { type Random, randomInteger } from './random.ts';

/** The numbers 0 … size − 1 in random order. Source: Durstenfeld 1964, "Algorithm 235: Random permutation". */
export function shuffledIndices(size: number, random: Random): Int32Array {
  const indices = Int32Array.from({ length: size }, (_, i) => i);
  for (let last = size - 1; last > 0; last--) {
    const other = randomInteger(random, 0, last);
    const moved = indices[last] ?? 0;
    indices[last] = indices[other] ?? 0;
    indices[other] = moved;
  }
  return indices;
}
