import { significant } from './format.ts';
import { type Html, html } from './html.ts';
import { ACTIVATION_LEVELS, activationLevel } from './levels.ts';
import type { ShownTokens } from './shown-tokens.ts';
import { encodeStrip } from './strip-codec.ts';

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
export function tokenStrip(strip: Strip, tokens: ShownTokens): Html {
  const { tokenIds, activations, from, to, peak, scale, start, bySource = none, byHead = none } = strip;
  const { shaded, marked, shadedEnd, markedEnd } = stripTags(tokens);
  const pieces: number[] = [];
  const values: string[] = [];
  const lengths: string[] = [];
  for (let i = from; i < to; i++) {
    const running = tokens.running(tokenIds[i]);
    const activation = activations[i];
    lengths.push(tokens.length(running));
    if (activation > 0) values.push(significant(activation));
    const level = activationLevel(activation, scale);
    if (i === peak) pieces.push(marked[level], running, markedEnd);
    else if (level > 0) pieces.push(shaded[level], running, shadedEnd);
    else pieces.push(running);
  }
  const code = encodeStrip(lengths, { start, activations: values, bySource, byHead });
  return html`<p class=s data-s="${code}">${tokens.pieces.sequence(pieces)}</p>`;
}
