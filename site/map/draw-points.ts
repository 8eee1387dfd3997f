import type { MapGroup } from './map-groups.ts';
import type { MapPoints } from './map-points.ts';
import type { MapView } from './map-view.ts';

/** Where a map is drawn, in CSS pixels. */
export interface MapFrame {
  readonly width: number;
  readonly height: number;
}

/** Share of the frame's shorter side that the whole map takes. */
const FILLED = 0.92;

export interface Projection {
  /** CSS pixels of the whole map's side. */
  readonly side: number;
  toScreen(x: number, y: number): readonly [number, number];
  toMap(left: number, top: number): { readonly x: number; readonly y: number };
}

export function projectionOf(
  { width, height }: MapFrame,
  { x, y, zoom }: Pick<MapView, 'x' | 'y' | 'zoom'>,
): Projection {
  const side = FILLED * Math.min(width, height) * zoom;
  return {
    side,
    toScreen: (ownX, ownY) => [width / 2 + (ownX - x) * side, height / 2 - (ownY - y) * side],
    toMap: (left, top) => ({ x: x + (left - width / 2) / side, y: y - (top - height / 2) / side }),
  };
}

/** Radius of a point: small where there are many, larger as they are drawn apart. */
export function radiusOf(points: number, zoom: number): number {
  const alone = points > 50_000 ? 0.9 : points > 10_000 ? 1.3 : points > 2_000 ? 1.8 : 2.6;
  return Math.min(6, alone * zoom ** 0.4);
}

/** Some points in one colour. */
export interface DrawnPoints {
  readonly places: Uint32Array;
  readonly colour: string;
}

/** Names of groups, each above its own. */
export interface DrawnNames {
  readonly groups: readonly MapGroup[];
  readonly font: string;
  readonly colour: string;
}

/** CSS pixels between a name and its group. */
const ABOVE = 5;

/** Draws names over the points. */
export function drawNames(
  context: CanvasRenderingContext2D,
  { groups, font, colour }: DrawnNames,
  projection: Projection,
): void {
  [context.font, context.fillStyle, context.textAlign] = [font, colour, 'center'];
  for (const { name, x, top } of groups) {
    const [left, above] = projection.toScreen(x, top);
    context.fillText(name, left, above - ABOVE);
  }
}

/** Draws points in layers, the last on top. */
export function drawPoints(
  context: CanvasRenderingContext2D,
  points: MapPoints,
  layers: readonly DrawnPoints[],
  { frame, projection, radius }: { readonly frame: MapFrame; readonly projection: Projection; readonly radius: number },
): void {
  context.clearRect(0, 0, frame.width, frame.height);
  const isRound = radius > 1.5;
  for (const { places, colour } of layers) {
    context.fillStyle = colour;
    context.beginPath();
    for (const place of places) {
      const [left, top] = projection.toScreen(points.x[place], points.y[place]);
      if (left < -radius || top < -radius || left > frame.width + radius || top > frame.height + radius) continue;
      if (isRound) {
        context.moveTo(left + radius, top);
        context.arc(left, top, radius, 0, 2 * Math.PI);
      } else context.rect(left - radius, top - radius, 2 * radius, 2 * radius);
    }
    context.fill();
  }
}
