const colours = ['family', 'layer', 'density'] as const;
export type MapColour = (typeof colours)[number];

/** What of a map is seen, and how. */
export interface MapView {
  readonly colour: MapColour;
  /** Whether an SAE that is chosen has a map of its own, instead of its place on that of all. */
  readonly isOwn: boolean;
  /** A feature that stays lit, `5/123`; the page of one leads here. */
  readonly marked: string | null;
  /** The place in the middle, each from 0 to 1 across the map. */
  readonly x: number;
  readonly y: number;
  /** 1 shows the whole. */
  readonly zoom: number;
}

const MOST_ZOOM = 64;
export const wholeMap = { x: 0.5, y: 0.5, zoom: 1 } as const;
export const defaultView: MapView = { colour: 'family', isOwn: false, marked: null, ...wholeMap };

/** Reads a view from a URL's parameters; what makes no sense there falls back to the default. */
export function parseView(params: URLSearchParams): MapView {
  const numbers = (params.get('at') ?? '').split(',').map((text) => (text === '' ? Number.NaN : Number(text)));
  const [x, y, zoom] = numbers.length === 3 && numbers.every(Number.isFinite) ? numbers : [0.5, 0.5, 1];
  return {
    colour: colours.find((colour) => colour === params.get('colour')) ?? defaultView.colour,
    isOwn: params.get('own') === '1',
    marked: params.get('f') || null,
    ...within({ x, y, zoom }),
  };
}

/** The shortest parameters that parseView reads back as the same view, places to a thousandth of what is seen. */
export function formatView({ colour, isOwn, marked, x, y, zoom }: MapView): [string, string][] {
  const isWhole = x === wholeMap.x && y === wholeMap.y && zoom === wholeMap.zoom;
  const places = [x, y].map((place) => Number(place.toFixed(5)));
  return [
    ...(colour === defaultView.colour ? [] : ([['colour', colour]] satisfies [string, string][])),
    ...(isOwn ? ([['own', '1']] satisfies [string, string][]) : []),
    ...(marked === null ? [] : ([['f', marked]] satisfies [string, string][])),
    ...(isWhole ? [] : ([['at', [...places, Number(zoom.toFixed(3))].join(',')]] satisfies [string, string][])),
  ];
}

type Window = Pick<MapView, 'x' | 'y' | 'zoom'>;

/** A window that shows some of the map. */
export function within({ x, y, zoom }: Window): Window {
  const kept = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  return { x: kept(x, 0, 1), y: kept(y, 0, 1), zoom: kept(zoom, 1, MOST_ZOOM) };
}

/** Zoomed by a factor about a place of the map, which stays where it is seen. */
export function zoomed(window: Window, factor: number, about: { readonly x: number; readonly y: number }): Window {
  const zoom = within({ ...window, zoom: window.zoom * factor }).zoom;
  const ratio = window.zoom / zoom;
  return within({ x: about.x + (window.x - about.x) * ratio, y: about.y + (window.y - about.y) * ratio, zoom });
}
