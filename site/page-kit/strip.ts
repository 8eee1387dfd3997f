import { significant } from './format.ts';
import { type DrawingParts, drawing, type Html, html } from './html.ts';
import { ACTIVATION_LEVELS, activationLevel } from './levels.ts';
import type { ShownTokens } from './shown-tokens.ts';
import { encodeStrip, scaled } from './strip-codec.ts';

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

interface StripTags {
  /** By level. */
  readonly shaded: readonly number[];
  readonly marked: readonly number[];
  readonly shadedEnd: number;
  readonly markedEnd: number;
}

const levels = Array.from({ length: ACTIVATION_LEVELS + 1 }, (_, level) => level);
const tagsOf = new WeakMap<ShownTokens, StripTags>();

/** A strip's tags among the pieces that its tokens are of. */
function stripTags(tokens: ShownTokens): StripTags {
  const known = tagsOf.get(tokens);
  if (known) return known;
  const { pieces } = tokens;
  const tags = {
    shaded: levels.map((level) => pieces.add(html`<b class=a${level}>`)),
    marked: levels.map((level) => pieces.add(html`<mark class=a${level}>`)),
    shadedEnd: pieces.add(html`</b>`),
    markedEnd: pieces.add(html`</mark>`),
  };
  tagsOf.set(tokens, tags);
  return tags;
}

const none: readonly number[] = [];

/** A token strip: running text, active tokens shaded by level, the peak a <mark>, its numbers in a data attribute. */
export const tokenStrip = (strip: Strip, tokens: ShownTokens): Html =>
  drawing('strip', stripParts(strip), (parts) => drawStrip(parts, tokens));

/** What is printed of a strip: its place and peak, levels and attributions; activations, and the scales of attributions. */
function stripParts(strip: Strip): DrawingParts {
  const { tokenIds, activations, from, to, peak, scale, start, bySource = none, byHead = none } = strip;
  const shown = new Int32Array(to - from);
  const levels = new Uint8Array(to - from);
  let values = '';
  for (let i = from; i < to; i++) {
    const activation = activations[i];
    shown[i - from] = tokenIds[i];
    if (!(activation > 0)) continue;
    levels[i - from] = activationLevel(activation, scale);
    values += values === '' ? significant(activation) : ` ${significant(activation)}`;
  }
  const [sources, heads] = [scaled(bySource), scaled(byHead)];
  return {
    texts: [values, sources.scale, heads.scale],
    numbers: [[start, peak - from], levels, sources.integers, heads.integers],
    tokens: shown,
  };
}

/** Draws a strip from its parts. */
export function drawStrip({ texts, numbers, tokens: tokenIds }: DrawingParts, tokens: ShownTokens): Html {
  const [values = '', sourceScale = '', headScale = ''] = texts;
  const [place = none, levels = none, sources = none, heads = none] = numbers;
  const [start, peak] = [place[0], place[1]];
  const { shaded, marked, shadedEnd, markedEnd } = stripTags(tokens);
  const pieces: number[] = [];
  const lengths: string[] = [];
  for (let i = 0; i < tokenIds.length; i++) {
    const running = tokens.running(tokenIds[i]);
    lengths.push(tokens.length(running));
    const level = levels[i];
    if (i === peak) pieces.push(marked[level], running, markedEnd);
    else if (level > 0) pieces.push(shaded[level], running, shadedEnd);
    else pieces.push(running);
  }
  const bySource = { scale: sourceScale, integers: sources };
  const code = encodeStrip(lengths, {
    start,
    activations: values,
    bySource,
    byHead: { scale: headScale, integers: heads },
  });
  return html`<p class=s data-s="${code}">${tokens.pieces.sequence(pieces)}</p>`;
}
