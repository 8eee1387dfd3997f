/** `24,120`; three digits that matter below 1,000. */
export function formatNumber(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

export const formatRatio = (ratio: number): string => `${ratio.toFixed(2)}×`;
export const formatPercent = (share: number): string => `${(100 * share).toFixed(1)} %`;
export const formatSeconds = (seconds: number): string => `${seconds.toFixed(2)} s`;
export const formatMegabytes = (bytes: number): string => `${formatNumber(bytes / 1e6)} MB`;

/** Parts of a whole with their seconds, in their order: `forward 1.20 s, rows 0.30 s`. */
export function formatParts(parts: Readonly<Record<string, number>>): string {
  return Object.entries(parts)
    .map(([name, seconds]) => `${name} ${formatSeconds(seconds)}`)
    .join(', ');
}

/** A line of the report: what was measured, the figure, and whatever explains it. */
export function reportLine(label: string, figure: string, note = ''): string {
  return `  ${label.padEnd(34)} ${figure.padStart(18)}${note === '' ? '' : `   ${note}`}`;
}

/** As reportLine, for a ratio that has an aim, which says whether it was met. */
export function aimLine(label: string, figure: string, aim: { readonly text: string; readonly met: boolean }): string {
  return reportLine(label, figure, `${aim.met ? 'meets' : 'misses'} the aim of ${aim.text}`);
}
