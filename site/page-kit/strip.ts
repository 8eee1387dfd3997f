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
  const code = encodeStrip(texts, { start, activations: activeValues(strip), bySource, byHead });
  return html`<p class=s data-s="${code}">${pieces(strip)}</p>`;
}

/** Shaded tokens, and the text between each two. */
function pieces({ texts, activations, peak, scale }: Strip): (Html | string)[] {
  const made: (Html | string)[] = [];
  let plain = '';
  for (let i = 0; i < texts.length; i++) {
    const level = activationLevel(activations[i], scale);
    if (level === 0 && i !== peak) {
      plain += texts[i];
      continue;
    }
    if (plain !== '') made.push(plain);
    plain = '';
    made.push(i === peak ? html`<mark class=a${level}>${texts[i]}</mark>` : html`<b class=a${level}>${texts[i]}</b>`);
  }
  if (plain !== '') made.push(plain);
  return made;
}

// One value per shaded token, in order.
function activeValues({ activations }: Strip): string[] {
  const values: string[] = [];
  for (let i = 0; i < activations.length; i++) if (activations[i] > 0) values.push(significant(activations[i]));
  return values;
}
