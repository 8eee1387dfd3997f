import { drawHistogram } from '../measures/statistics/histogram.ts';
import { type DrawingKind, type DrawingParts, drawing, type Html } from '../page-kit/html.ts';
import type { ShownTokens } from '../page-kit/shown-tokens.ts';
import { drawStrip } from '../page-kit/strip.ts';

interface Stored {
  readonly parts: DrawingParts;
  readonly tokens: ShownTokens;
}

const partsOf = ({ parts }: Stored): DrawingParts => parts;

const kinds: readonly DrawingKind<Stored>[] = [
  { name: 'strip', partsOf, draw: ({ parts, tokens }, sink) => drawStrip(parts, tokens, sink) },
  { name: 'histogram', partsOf, draw: ({ parts }, sink) => drawHistogram(parts, sink) },
];

/** A drawing as static pages have it, drawn by the same function once it is written. Throws Error on an unknown name. */
export function drawingOf(name: string, parts: DrawingParts, tokens: ShownTokens): Html {
  const kind = kinds.find((kind) => kind.name === name);
  if (!kind) throw new Error(`no drawing is called ${name}`);
  return drawing(kind, { parts, tokens });
}
