import { encodePlanes } from '../search/byte-planes.ts';
import { MOST_PLACE } from './map-files.ts';

/** A square about all places of a map. */
export interface MapSquare {
  readonly left: number;
  readonly low: number;
  readonly side: number;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The least square about places, centred, so that one scale serves both axes and no distance is distorted. */
export function squareAbout(places: Iterable<Place>): MapSquare {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of places) {
    [left, right, low, high] = [Math.min(left, x), Math.max(right, x), Math.min(low, y), Math.max(high, y)];
  }
  if (left === Infinity) return { left: 0, low: 0, side: 1 };
  const side = Math.max(right - left, high - low) || 1;
  return { left: (left + right - side) / 2, low: (low + high - side) / 2, side };
}

/** Places of an SAE's features by number, those of none left out, as mapFiles.places has them. */
export function encodePlaces(
  places: ReadonlyMap<number, Place>,
  features: number,
  { left, low, side }: MapSquare,
): Uint8Array<ArrayBuffer> {
  const codes = new Uint16Array(2 * features);
  const code = (share: number) => 1 + Math.round(share * (MOST_PLACE - 1));
  for (const [feature, { x, y }] of places) {
    codes[feature] = code((x - left) / side);
    codes[features + feature] = code((y - low) / side);
  }
  return encodePlanes(codes, 2);
}
