/** Where a plot draws, in the SVG's user space, y down. */
export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface PlotScales {
  x(value: number): number;
  y(value: number): number;
}

type Domain = readonly [number, number];

const tenths = (value: number): number => Math.round(value * 10) / 10;

/** Values to places, to a tenth of a unit; what lies outside a domain stays at its edge. */
export function plotScales(area: PlotArea, xDomain: Domain, yDomain: Domain): PlotScales {
  const share = (value: number, [low, high]: Domain) =>
    high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5;
  return {
    x: (value) => tenths(area.left + share(value, xDomain) * area.width),
    y: (value) => tenths(area.top + (1 - share(value, yDomain)) * area.height),
  };
}

export type Point = readonly [number, number];

export const linePath = (points: readonly Point[]): string => `M${points.map(([x, y]) => `${x} ${y}`).join('L')}`;

/** The area between a lower and an upper line. */
export const bandPath = (lower: readonly Point[], upper: readonly Point[]): string =>
  `${linePath([...lower, ...upper.toReversed()])}Z`;

/** Dots of one radius, as one path. */
export function dotsPath(points: readonly Point[], radius: number): string {
  const arc = `a${radius} ${radius} 0 1 0`;
  return points.map(([x, y]) => `M${tenths(x - radius)} ${y}${arc} ${2 * radius} 0${arc} ${-2 * radius} 0`).join('');
}

/** Places for labels of one height near those wanted: no two closer, none past the ends; in the order given. */
export function spreadLabels(wanted: readonly number[], height: number, top: number, bottom: number): number[] {
  const order = wanted.map((at, i) => ({ at, i })).toSorted((a, b) => a.at - b.at);
  const placed = new Array<number>(wanted.length).fill(top);
  let least = top;
  for (const { at, i } of order) {
    placed[i] = Math.max(least, at);
    least = placed[i] + height;
  }
  let most = bottom;
  for (const { i } of order.toReversed()) {
    placed[i] = tenths(Math.min(most, placed[i]));
    most = placed[i] - height;
  }
  return placed;
}
