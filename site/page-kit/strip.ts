import { significant } from './format.ts';
import { type Html, html } from './html.ts';
import { activationLevel } from './levels.ts';
import { encodeStrip } from './strip-codec.ts';

export interface Strip {
  /** Visible text of each token, in order. */
  readonly texts: readonly string[];
  readonly activations: ArrayLike<number>;
  /** Index in the strip of the token it is about. */
  readonly peak: number;
  /** Activation that gets the strongest shade. */
  readonly scale: number;
  /** Position in the context of the first token. */
  readonly start: number;
  /** Attribution of the peak's activation to each token up to the peak, by source. */
  readonly bySource?: ArrayLike<number>;
  readonly byHead?: ArrayLike<number>;
}

/** A token strip: running text, active tokens shaded by level, the peak a <mark>, its numbers in a data attribute. */
export function tokenStrip(strip: Strip): Html {
  const { texts, start, bySource = [], byHead = [] } = strip;
  const code = encodeStrip(texts, {
    start,
    activations: activeValues(strip),
    bySource: Array.from(bySource),
    byHead: Array.from(byHead),
  });
  const tokens = texts.map((text, i) => token(text, level(strip, i), i === strip.peak));
  return html`<p class=s data-s="${code}">${tokens}</p>`;
}

function level(strip: Strip, i: number): number {
  return activationLevel(strip.activations[i], strip.scale);
}

function token(text: string, level: number, isPeak: boolean): Html | string {
  if (isPeak) return html`<mark class=a${level}>${text}</mark>`;
  return level === 0 ? text : html`<b class=a${level}>${text}</b>`;
}

// One value per shaded token, in order.
function activeValues(strip: Strip): string[] {
  const active = Array.from(strip.activations).filter((value) => value > 0);
  return active.map((value) => significant(value));
}
