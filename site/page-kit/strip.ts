import type { ByteSink } from './byte-sink.ts';
import { bytesOf, type DrawingKind, type DrawingParts, drawing, type Html, html } from './html.ts';
import { ACTIVATION_LEVELS, activationLevel } from './levels.ts';
import { ShortPieces } from './short-pieces.ts';
import { LONG, type ShownTokens, type TokenBytes } from './shown-tokens.ts';
import { Activations, Scaled, writeNumbers } from './strip-codec.ts';

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
  readonly activations = new Activations();
  readonly bySource = new Scaled();
  readonly byHead = new Scaled();

  ofStrip({ tokenIds, activations, from, to, peak, scale, start, bySource = none, byHead = none }: Strip): this {
    this.#place(tokenIds, from, to);
    this.peak = peak;
    this.start = start;
    this.activations.clear();
    for (let i = from; i < to; i++) {
      const activation = activations[i];
      if (!(activation > 0 || i === peak)) continue;
      this.#mark(i, activationLevel(activation, scale));
      if (activation > 0) this.activations.add(activation);
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
    this.activations.setText(texts[0]);
    this.bySource.setIntegers(texts[1], numbers[2]);
    this.byHead.setIntegers(texts[2], numbers[3]);
    return this;
  }

  get parts(): DrawingParts {
    const { tokenIds, from, to, start, peak, activations, bySource, byHead } = this;
    const levels = new Uint8Array(to - from);
    for (let i = 0; i < this.marked; i++) levels[this.marks[i] - from] = this.levels[i];
    return {
      texts: [activations.text, bySource.scale, byHead.scale],
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

const levels = Array.from({ length: ACTIVATION_LEVELS + 1 }, (_, level) => level);
const shaded = levels.map((level) => html`<b class=a${level}>`);
const peaks = levels.map((level) => html`<mark class=a${level}>`);
/** Tags by level: what opens a shaded token, what opens the peak, and what closes each. */
const tags = new ShortPieces(2 * shaded.length + 2, 16);
for (const [i, tag] of [...shaded, ...peaks, html`</b>`, html`</mark>`].entries()) tags.set(i, bytesOf(tag));
const [PEAKS, SHADED_END, PEAK_END] = [shaded.length, 2 * shaded.length, 2 * shaded.length + 1];
/** Room for a mark's two tags. */
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

function writeLengths({ tokenIds, from, to }: Ink, { codes, long }: TokenBytes, sink: ByteSink): void {
  const target = sink.room((to - from) * long.longest.code);
  let at = sink.end;
  for (let i = from; i < to; i++) {
    const code = codes[tokenIds[i]];
    if (code === LONG) at = putBytes(long.of(tokenIds[i]).code, target, at);
    else target[at++] = code;
  }
  sink.end = at;
}

/** The tokens, with tags around those that are marked. */
function writeText(ink: Ink, tokens: TokenBytes, sink: ByteSink): void {
  const { tokenIds, from, to, peak, marks, levels, marked } = ink;
  sink.room((to - from) * tokens.long.longest.text + marked * TAGS + TAGS);
  const { view } = sink;
  let at = sink.end;
  let next = from;
  for (let i = 0; i < marked; i++) {
    const mark = marks[i];
    for (; next < mark; next++) at = putToken(tokenIds[next], tokens, view, at);
    at = tags.put(mark === peak ? PEAKS + levels[i] : levels[i], view, at);
    at = putToken(tokenIds[mark], tokens, view, at);
    at = tags.put(mark === peak ? PEAK_END : SHADED_END, view, at);
    next = mark + 1;
  }
  for (; next < to; next++) at = putToken(tokenIds[next], tokens, view, at);
  sink.end = at;
}

function putToken(tokenId: number, { texts, codes, long }: TokenBytes, target: DataView, at: number): number {
  if (codes[tokenId] !== LONG) return texts.put(tokenId, target, at);
  const { text } = long.of(tokenId);
  for (let i = 0; i < text.length; i++) target.setUint8(at + i, text[i]);
  return at + text.length;
}

/** Puts a few bytes at a place; returns where they end. */
function putBytes(bytes: Uint8Array, target: Uint8Array, start: number): number {
  for (let i = 0; i < bytes.length; i++) target[start + i] = bytes[i];
  return start + bytes.length;
}
