import type { ByteSink } from './byte-sink.ts';
import { significant } from './format.ts';
import { type DrawingParts, drawing, type Html, html, MarkupTable } from './html.ts';
import { ACTIVATION_LEVELS, activationLevel } from './levels.ts';
import type { ShownTokens } from './shown-tokens.ts';
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
  readonly bySource?: ArrayLike<number>;
  readonly byHead?: ArrayLike<number>;
}

const none: readonly number[] = [];

/** A token strip: running text, active tokens shaded by level, the peak a <mark>, its numbers in a data attribute. */
export const tokenStrip = (strip: Strip, tokens: ShownTokens): Html =>
  drawing(
    'strip',
    () => ink.ofStrip(strip).parts,
    (sink) => draw(ink.ofStrip(strip), tokens, sink),
  );

/** Draws a strip from its parts. */
export const drawStrip = (parts: DrawingParts, tokens: ShownTokens, sink: ByteSink): void =>
  draw(ink.ofParts(parts), tokens, sink);

/** What is printed of a strip: its tokens with their levels, its place, activations and attributions. */
class Ink {
  tokenIds: ArrayLike<number> = none;
  /** It shows those `from` up to, not including, `to`. */
  from = 0;
  to = 0;
  /** Of the tokens shown; the peak is counted among them. */
  levels = new Uint8Array(256);
  peak = 0;
  start = 0;
  readonly activations: string[] = [];
  active = 0;
  readonly bySource = new Scaled();
  readonly byHead = new Scaled();

  ofStrip({ tokenIds, activations, from, to, peak, scale, start, bySource = none, byHead = none }: Strip): this {
    this.#place(tokenIds, from, to);
    [this.peak, this.start, this.active] = [peak - from, start, 0];
    const { levels } = this;
    for (let i = from; i < to; i++) {
      const activation = activations[i];
      levels[i - from] = activationLevel(activation, scale);
      if (activation > 0) this.activations[this.active++] = significant(activation);
    }
    this.bySource.setValues(bySource);
    this.byHead.setValues(byHead);
    return this;
  }

  ofParts({ texts, numbers, tokens }: DrawingParts): this {
    this.#place(tokens, 0, tokens.length);
    [this.start, this.peak] = [numbers[0][0], numbers[0][1]];
    this.levels.set(numbers[1]);
    this.activations[0] = texts[0];
    this.active = texts[0] === '' ? 0 : 1;
    this.bySource.setIntegers(texts[1], numbers[2]);
    this.byHead.setIntegers(texts[2], numbers[3]);
    return this;
  }

  get parts(): DrawingParts {
    const { tokenIds, from, to, start, peak, levels, activations, active, bySource, byHead } = this;
    return {
      texts: [activations.slice(0, active).join(' '), bySource.scale, byHead.scale],
      numbers: [[start, peak], levels.slice(0, to - from), bySource.list, byHead.list],
      tokens: Array.from({ length: to - from }, (_, i) => tokenIds[from + i]),
    };
  }

  #place(tokenIds: ArrayLike<number>, from: number, to: number): void {
    this.tokenIds = tokenIds;
    this.from = from;
    this.to = to;
    if (to - from > this.levels.length) this.levels = new Uint8Array(2 * (to - from));
  }
}

/** One for all strips: each is drawn before the next. */
const ink = new Ink();

const tags = new MarkupTable();
const byLevel = Array.from({ length: ACTIVATION_LEVELS + 1 }, (_, level) => level);
const shaded = byLevel.map((level) => tags.add(html`<b class=a${level}>`));
const marked = byLevel.map((level) => tags.add(html`<mark class=a${level}>`));
const shadedEnd = tags.add(html`</b>`);
const markedEnd = tags.add(html`</mark>`);
const [opening, inside, closing] = html`<p class=s data-s="${''}">${''}</p>`.textsAround;

function draw(ink: Ink, tokens: ShownTokens, sink: ByteSink): void {
  sink.add(opening);
  tokens.writeLengths(ink.tokenIds, ink.from, ink.to, sink);
  writeNumbers(ink, sink);
  sink.add(inside);
  writeTokens(ink, tokens, sink);
  sink.add(closing);
}

function writeTokens({ tokenIds, from, to, levels, peak }: Ink, tokens: ShownTokens, sink: ByteSink): void {
  let plain = from;
  for (let i = from; i < to; i++) {
    const level = levels[i - from];
    const isPeak = i - from === peak;
    if (level === 0 && !isPeak) continue;
    tokens.writeRunning(tokenIds, plain, i, sink);
    tags.write(isPeak ? marked[level] : shaded[level], sink);
    tokens.writeRunning(tokenIds, i, i + 1, sink);
    tags.write(isPeak ? markedEnd : shadedEnd, sink);
    plain = i + 1;
  }
  tokens.writeRunning(tokenIds, plain, to, sink);
}
