import type { PlantedOptions } from './planted/layout.ts';

/** How far a model made by hand is from a clean one, from the least. */
export const noiseLevels = [
  { name: 'little', strength: 1, noise: 0, saeNoise: 0.5, distractors: 0 },
  { name: 'some', strength: 0.5, noise: 0.3, saeNoise: 0.9, distractors: 1 },
  { name: 'much', strength: 0.3, noise: 0.6, saeNoise: 1.25, distractors: 2 },
] as const;

const sizes = [
  { topicSize: 5, length: 64, contexts: 96 },
  { topicSize: 6, length: 48, contexts: 96 },
  { topicSize: 7, length: 80, contexts: 64 },
] as const;

export interface PlantedCase {
  /** Of noiseLevels. */
  readonly level: number;
  readonly options: PlantedOptions;
}

/** Models of every noise level in every size, each of a seed of its own. */
export function plantedCases(seed: number): PlantedCase[] {
  return noiseLevels.flatMap(({ name: _, ...noise }, level) =>
    sizes.map((size, i) => ({ level, options: { ...size, ...noise, seed: 100 * seed + 10 * level + i } })),
  );
}
