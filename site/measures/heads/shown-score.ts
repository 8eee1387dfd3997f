import { count, percent, significant } from '../../page-kit/format.ts';

/** A score as pages write it: a share as a percentage. */
export function shownScore(value: number | null, unit: string): string {
  if (value === null) return '–';
  if (unit === 'count') return count(value);
  return unit === 'share' ? percent(value, 2) : significant(value, 3);
}
