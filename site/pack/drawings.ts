import { drawHistogram } from '../measures/statistics/histogram.ts';
import type { ByteSink } from '../page-kit/byte-sink.ts';
import { type DrawingParts, drawing, type Html } from '../page-kit/html.ts';
import type { ShownTokens } from '../page-kit/shown-tokens.ts';
import { drawStrip } from '../page-kit/strip.ts';

const drawings: Readonly<Record<string, (parts: DrawingParts, tokens: ShownTokens, sink: ByteSink) => void>> = {
  strip: drawStrip,
  histogram: (parts, _, sink) => drawHistogram(parts, sink),
};

/** A drawing as static pages have it, drawn by the same function once it is written. Throws Error on an unknown name. */
export function drawingOf(name: string, parts: DrawingParts, tokens: ShownTokens): Html {
  const draw = drawings[name];
  if (!draw) throw new Error(`no drawing is called ${name}`);
  return drawing(
    name,
    () => parts,
    (sink) => draw(parts, tokens, sink),
  );
}
