import type { ByteSink } from './byte-sink.ts';
import { significant } from './format.ts';
import { type DrawingParts, drawing, type Html, html, MarkupTable } from './html.ts';
import { ACTIVATION_LEVELS, activationLevel } from './levels.ts';
import type { ShownTokens } from './shown-tokens.ts';
import { scaled, writeNumbers } from './strip-codec.ts';

export interface Strip {
  /** The strip shows those `from` up to, not including, `to`. */
  readonly tokenIds: ArrayLike<number>;
  readonly activations: ArrayLike<number>;
  readonly from: number;
  readonly to: number;
  /** Index of the token it is about. */
  readonly peak: number;
  /** Activation that gets the strongest shade. */
  readonly scale: number;
  /** Position in the context of the first token shown. */
  readonly start: number;
  /** Attribution of the peak's activation to each token shown up to the peak, by source. */
  readonly bySource?: ArrayLike<number>;
  readonly byHead?: ArrayLike<number>;
}

const none: readonly number[] = [];
const SPACE = ' ';

/** A token strip: running text, active tokens shaded by level, the peak a <mark>, its numbers in a data attribute. */
export const tokenStrip = (strip: Strip, tokens: ShownTokens): Html =>
  drawing('strip', stripParts(strip), (parts, sink) => drawStrip(parts, tokens, sink));

/** What is printed of a strip: its place and peak, levels and attributions; activations, and the scales of attributions. */
function stripParts(strip: Strip): DrawingParts {
  const { tokenIds, activations, from, to, peak, scale, start, bySource = none, byHead = none } = strip;
  const shown: number[] = [];
  const levels: number[] = [];
  let printed = '';
  for (let i = from; i < to; i++) {
    const activation = activations[i];
    shown.push(tokenIds[i]);
    levels.push(activationLevel(activation, scale));
    if (activation > 0) printed += (printed === '' ? '' : SPACE) + significant(activation);
  }
  const [sources, heads] = [scaled(bySource), scaled(byHead)];
  return {
    texts: [printed, sources.scale, heads.scale],
    numbers: [[start, peak - from], levels, sources.integers, heads.integers],
    tokens: shown,
  };
}

const tags = new MarkupTable();
const byLevel = Array.from({ length: ACTIVATION_LEVELS + 1 }, (_, level) => level);
const shaded = byLevel.map((level) => tags.add(html`<b class=a${level}>`));
const marked = byLevel.map((level) => tags.add(html`<mark class=a${level}>`));
const shadedEnd = tags.add(html`</b>`);
const markedEnd = tags.add(html`</mark>`);
const [opening, inside, closing] = html`<p class=s data-s="${''}">${''}</p>`.textsAround;

/** Draws a strip from its parts. */
export function drawStrip(parts: DrawingParts, tokens: ShownTokens, sink: ByteSink): void {
  sink.add(opening);
  for (let i = 0; i < parts.tokens.length; i++) tokens.writeLength(parts.tokens[i], sink);
  writePrinted(parts, sink);
  sink.add(inside);
  writeTokens(parts, tokens, sink);
  sink.add(closing);
}

function writePrinted({ texts, numbers }: DrawingParts, sink: ByteSink): void {
  const bySource = { scale: texts[1], integers: numbers[2] };
  const byHead = { scale: texts[2], integers: numbers[3] };
  writeNumbers({ start: numbers[0][0], activations: texts[0], bySource, byHead }, sink);
}

function writeTokens({ numbers, tokens: tokenIds }: DrawingParts, tokens: ShownTokens, sink: ByteSink): void {
  const levels = numbers[1];
  const peak = numbers[0][1];
  for (let i = 0; i < tokenIds.length; i++) {
    const level = levels[i];
    if (i === peak) tags.write(marked[level], sink);
    else if (level > 0) tags.write(shaded[level], sink);
    tokens.writeRunning(tokenIds[i], sink);
    if (i === peak) tags.write(markedEnd, sink);
    else if (level > 0) tags.write(shadedEnd, sink);
  }
}
