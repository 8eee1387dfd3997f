import { beyondChance } from '../../heads/maths/chance.ts';
import type { Reading, TokenReading } from './reading.ts';

/** The token class that a feature reads most, wherever it stands. */
export interface MostRead {
  readonly token: number;
  /** Mean over the readings, by mass, of its share beyond chance. */
  readonly score: number;
  /** Standard deviation of its distances t − s, in tokens, by attribution: 0 where it always stands at the same one. */
  readonly wander: number;
}

/** The share of a token class in one reading, beyond chance. */
export function tokenShare({ tokens }: Reading, token: number): number {
  const { share, chance } = tokens.get(token) ?? { share: 0, chance: 0 };
  return beyondChance(share, chance);
}

/** The token class of greatest score, ties to the lower class; undefined where none is read beyond chance. */
export function mostReadToken(readings: readonly Reading[]): MostRead | undefined {
  const total = readings.reduce((sum, { mass }) => sum + mass, 0);
  const sums = new Map<number, number>();
  for (const { mass, tokens } of readings) {
    for (const [token, { share, chance }] of tokens)
      sums.set(token, (sums.get(token) ?? 0) + mass * beyondChance(share, chance));
  }
  let best: Omit<MostRead, 'wander'> | undefined;
  for (const [token, sum] of sums) {
    const score = total > 0 ? sum / total : 0;
    if (score > (best?.score ?? 0) || (best && score === best.score && token < best.token)) best = { token, score };
  }
  return best && { ...best, wander: wanderOf(readings, best.token) };
}

function wanderOf(readings: readonly Reading[], token: number): number {
  const mean = (of: (reading: TokenReading) => number) => {
    const read = readings.flatMap(({ mass, tokens }) => {
      const own = tokens.get(token);
      return own ? [{ weight: mass * own.share, value: of(own) }] : [];
    });
    const total = read.reduce((sum, { weight }) => sum + weight, 0);
    return read.reduce((sum, { weight, value }) => sum + weight * value, 0) / total;
  };
  return Math.sqrt(Math.max(0, mean(({ squaredDistance }) => squaredDistance) - mean(({ distance }) => distance) ** 2));
}
