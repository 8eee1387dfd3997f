import { barClass } from '../page-kit/levels.ts';

const DECADES = 6;

/** Density on a log scale from 1e-6 to 1, as a bar's width class. */
export function densityBar(density: number): string {
  return barClass(density > 0 ? 1 + Math.log10(density) / DECADES : 0);
}

/** A share typed as per cent; null when empty or no share. */
export function shareOfPercent(text: string): number | null {
  const value = text.trim() === '' ? Number.NaN : Number(text) / 100;
  return value >= 0 && value <= 1 ? Number(value.toPrecision(12)) : null;
}

function percentOfShare(share: number | null): string {
  return share === null ? '' : String(Number((share * 100).toPrecision(12)));
}

/** A share as per cent: as it was typed, while that says the same, so that `0.0` may become `0.05`. */
export const percentAsTyped = (share: number | null, typed = ''): string =>
  shareOfPercent(typed) === share ? typed : percentOfShare(share);
