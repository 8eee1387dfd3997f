import { greatest } from '../../../pipeline/numbers/extremes.ts';

/** Differences from here on are marked, relative to the whole or to its largest part, whichever is larger. */
const tolerance = 1e-3;

export interface SumCheck {
  readonly sum: number;
  readonly difference: number;
  readonly relative: number;
  readonly holds: boolean;
}

/** Whether parts sum to a whole that was computed another way. What is not a number never holds. */
export function checkSum(parts: readonly number[], whole: number): SumCheck {
  const sum = parts.reduce((total, part) => total + part, 0);
  const scale = greatest(parts.map(Math.abs), Math.abs(whole));
  const difference = sum - whole;
  const relative = difference === 0 ? 0 : Math.abs(difference) / scale;
  return { sum, difference, relative, holds: relative <= tolerance };
}
