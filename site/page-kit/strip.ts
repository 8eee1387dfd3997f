import type { ByteSink } from './byte-sink.ts';
import { significant } from './format.ts';
import { bytesOf, type DrawingKind, type DrawingParts, drawing, type Html, html } from './html.ts';
import { ACTIVATION_LEVELS, activationLevel } from './levels.ts';
import { LONG_CODE, type ShownTokens, type TokenBytes } from './shown-tokens.ts';
import { Scaled, writeNumbers } from './strip-codec.ts';

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
  readonly bySource?: ArrayLike<number> | undefined;
  readonly byHead?: ArrayLike<number> | undefined;
}

/** Of the type that tables have, so that loops see one type. */
const none = new Float32Array();

/** A token strip: running text, active tokens shaded by level, the peak a <mark>, its numbers in a data attribute. */
export const tokenStrip = (strip: Strip, tokens: ShownTokens): Html => drawing(strips, { strip, tokens });

const strips: DrawingKind<{ readonly strip: Strip; readonly tokens: ShownTokens }> = {
  name: 'strip',
  partsOf: ({ strip }) => ink.ofStrip(strip).parts,
  draw: ({ strip, tokens }, sink) => draw(ink.ofStrip(strip), tokens, sink),
};

/** Draws a strip from its parts. */
export const drawStrip = (parts: DrawingParts, tokens: ShownTokens, sink: ByteSink): void =>
  draw(ink.ofParts(parts), tokens, sink);

/** What is printed of a strip: its tokens, those that are shaded, its place, activations and attributions. */
class Ink {
  tokenIds: ArrayLike<number> = new Int32Array();
  /** It shows those `from` up to, not including, `to`. */
  from = 0;
  to = 0;
  peak = 0;
  start = 0;
  /** Where the shaded tokens and the peak are, and their levels. */
  marks = new Int32Array(256);
  levels = new Uint8Array(256);
  marked = 0;
  readonly activations: string[] = [];
  active = 0;
  readonly bySource = new Scaled();
  readonly byHead = new Scaled();

  ofStrip({ tokenIds, activations, from, to, peak, scale, start, bySource = none, byHead = none }: Strip): this {
    this.#place(tokenIds, from, to);
    this.peak = peak;
    this.start = start;
    this.active = 0;
    for (let i = from; i < to; i++) {
      const activation = activations[i];
      if (!(activation > 0 || i === peak)) continue;
      this.#mark(i, activationLevel(activation, scale));
      if (activation > 0) this.activations[this.active++] = significant(activation);
    }
    this.bySource.setValues(bySource);
    this.byHead.setValues(byHead);
    return this;
  }

  ofParts({ texts, numbers, tokens }: DrawingParts): this {
    this.#place(tokens, 0, tokens.length);
    const [place, levels] = numbers;
    [this.start, this.peak] = [place[0], place[1]];
    for (let i = 0; i < tokens.length; i++) this.#mark(i, levels[i]);
    this.activations[0] = texts[0];
    this.active = texts[0] === '' ? 0 : 1;
    this.bySource.setIntegers(texts[1], numbers[2]);
    this.byHead.setIntegers(texts[2], numbers[3]);
    return this;
  }

  get parts(): DrawingParts {
    const { tokenIds, from, to, start, peak, activations, active, bySource, byHead } = this;
    const levels = new Uint8Array(to - from);
    for (let i = 0; i < this.marked; i++) levels[this.marks[i] - from] = this.levels[i];
    return {
      texts: [activations.slice(0, active).join(' '), bySource.scale, byHead.scale],
      numbers: [[start, peak - from], levels, bySource.list, byHead.list],
      tokens: Array.from(levels, (_, i) => tokenIds[from + i]),
    };
  }

  #place(tokenIds: ArrayLike<number>, from: number, to: number): void {
    this.tokenIds = tokenIds;
    this.from = from;
    this.to = to;
    this.marked = 0;
    if (to - from <= this.marks.length) return;
    this.marks = new Int32Array(2 * (to - from));
    this.levels = new Uint8Array(2 * (to - from));
  }

  #mark(place: number, level: number): void {
    if (level === 0 && place !== this.peak) return;
    this.marks[this.marked] = place;
    this.levels[this.marked++] = level;
  }
}

/** One for all strips: each is drawn before the next. */
const ink = new Ink();

const byLevel = Array.from({ length: ACTIVATION_LEVELS + 1 }, (_, level) => level);
const shaded = byLevel.map((level) => bytesOf(html`<b class=a${level}>`));
const peaks = byLevel.map((level) => bytesOf(html`<mark class=a${level}>`));
const [shadedEnd, peakEnd] = [bytesOf(html`</b>`), bytesOf(html`</mark>`)];
/** More than the bytes of a mark's two tags. */
const TAGS = 32;
const [opening, inside, closing] = html`<p class=s data-s="${''}">${''}</p>`.textsAround;

function draw(ink: Ink, tokens: ShownTokens, sink: ByteSink): void {
  const known = tokens.bytesOf(ink.tokenIds, ink.from, ink.to);
  sink.add(opening);
  writeLengths(ink, known, sink);
  writeNumbers(ink, sink);
  sink.add(inside);
  writeText(ink, known, sink);
  sink.add(closing);
}

function writeLengths({ tokenIds, from, to }: Ink, { codes, longCodes }: TokenBytes, sink: ByteSink): void {
  const target = sink.room((to - from) * longCodes.longest);
  let at = sink.end;
  for (let i = from; i < to; i++) {
    const code = codes[tokenIds[i]];
    if (code === LONG_CODE) at = putBytes(longCodes.of(tokenIds[i]), target, at);
    else target[at++] = code;
  }
  sink.end = at;
}

/** The tokens, with tags around those that are marked. */
function writeText(ink: Ink, { texts, places, longest }: TokenBytes, sink: ByteSink): void {
  const { tokenIds, from, to, peak, marks, levels, marked } = ink;
  const target = sink.room((to - from) * longest + marked * TAGS);
  let at = sink.end;
  let next = 0;
  for (let i = from; i < to; i++) {
    const isMarked = next < marked && marks[next] === i;
    if (isMarked) at = putBytes(i === peak ? peaks[levels[next]] : shaded[levels[next]], target, at);
    const end = places[2 * tokenIds[i] + 1];
    for (let j = places[2 * tokenIds[i]]; j < end; j++) target[at++] = texts[j];
    if (!isMarked) continue;
    at = putBytes(i === peak ? peakEnd : shadedEnd, target, at);
    next += 1;
  }
  sink.end = at;
}

/** Puts a few bytes at a place; returns where they end. */
function putBytes(bytes: Uint8Array, target: Uint8Array, start: number): number {
  for (let i = 0; i < bytes.length; i++) target[start + i] = bytes[i];
  return start + bytes.length;
}
