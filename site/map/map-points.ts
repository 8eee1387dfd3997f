import type { Search } from '../search/filter.ts';
import { decodeShown } from '../search/shown-number.ts';
import { MOST_PLACE } from './map-files.ts';
import type { MapColour } from './map-view.ts';

/** Features that have a place, by their rows of the search's index in ascending order; x and y from 0 to 1, y upwards. */
export interface MapPoints {
  readonly rows: Uint32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** The points of some SAEs; `codes` has x of each of an SAE's features, then y. */
export function pointsOf(parts: readonly { readonly firstRow: number; readonly codes: Uint16Array }[]): MapPoints {
  const placed = parts.flatMap(({ firstRow, codes }) => {
    const features = codes.length / 2;
    const own: { row: number; x: number; y: number }[] = [];
    for (let i = 0; i < features; i++) {
      if (codes[i] > 0) own.push({ row: firstRow + i, x: share(codes[i]), y: share(codes[features + i]) });
    }
    return own;
  });
  return {
    rows: Uint32Array.from(placed, ({ row }) => row),
    x: Float32Array.from(placed, ({ x }) => x),
    y: Float32Array.from(placed, ({ y }) => y),
  };
}

const share = (code: number): number => (code - 1) / (MOST_PLACE - 1);

/** Places of the points whose rows are among `found`, in ascending order. */
export function matchingPoints({ rows }: MapPoints, found: Uint32Array): Uint32Array {
  const sorted = found.toSorted();
  const places = new Uint32Array(Math.min(rows.length, sorted.length));
  let count = 0;
  let at = 0;
  for (let place = 0; place < rows.length && at < sorted.length; place++) {
    while (sorted[at] < rows[place]) at++;
    if (sorted[at] === rows[place]) places[count++] = place;
  }
  return places.subarray(0, count);
}

/** Steps of the scale that layers and densities are coloured by. */
const STEPS = 9;

/** A colour of the legend: its class, and what it stands for. */
interface MapClass {
  readonly name: string;
  readonly swatch: string;
}

/** What points are coloured by: the legend's classes, and which of them a row is of, by its place there. */
export interface Colouring {
  readonly classes: readonly MapClass[];
  classOf(row: number): number;
}

interface Coloured {
  readonly search: Pick<Search, 'code' | 'place'>;
  readonly families: readonly string[];
  readonly layers: readonly number[];
  /** Class of a family's colour. */
  swatchOf(family: string): string;
}

export function colouringBy(colour: MapColour, of: Coloured): Colouring {
  if (colour === 'layer') return byLayer(of);
  return colour === 'family' && of.families.length > 0 ? byFamily(of) : byDensity(of);
}

function byFamily({ search, families, swatchOf }: Coloured): Colouring {
  const classes = families.map((name) => ({ name, swatch: swatchOf(name) }));
  return { classes, classOf: (row) => (search.code(row, 'family') ?? 0) - 1 };
}

/** Where there are more layers than steps, some in a row share one. */
function byLayer({ search, layers }: Coloured): Colouring {
  const steps = Math.min(STEPS, layers.length);
  const stepOf = (i: number) => Math.floor((i * steps) / layers.length);
  const spread = (step: number) => (steps === 1 ? 4 : Math.round((step * (STEPS - 1)) / (steps - 1)));
  const classes = Array.from({ length: steps }, (_, step) => {
    const own = layers.filter((_, i) => stepOf(i) === step);
    const [first, last] = [own[0], own[own.length - 1]];
    return { name: first === last ? `layer ${first}` : `layers ${first}–${last}`, swatch: `m${spread(step)}` };
  });
  const byNumber = new Map(layers.map((layer, i) => [layer, stepOf(i)]));
  return { classes, classOf: (row) => byNumber.get(search.place(row).layer) ?? -1 };
}

const densitySteps = ['under 0.001%', '0.001%', '0.003%', '0.01%', '0.03%', '0.1%', '0.3%', '1%', '3% and over'];
const densityBounds = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];

function byDensity({ search }: Coloured): Colouring {
  const classes = densitySteps.map((name, step) => ({
    name: step > 0 && step < STEPS - 1 ? `from ${name}` : name,
    swatch: `m${step}`,
  }));
  return {
    classes,
    classOf(row) {
      const percent = decodeShown(search.code(row, 'density') ?? 0);
      return densityBounds.filter((bound) => percent >= bound).length;
    },
  };
}
