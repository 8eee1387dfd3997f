import type { HeadSequenceRow } from '../../../pipeline/measures/sequences/table.ts';
import { greatest, least } from '../../../pipeline/numbers/extremes.ts';
import { count, offset, percent, significant } from '../../page-kit/format.ts';
import { type Html, html, joined, nothing } from '../../page-kit/html.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';
import { tokenStrip } from '../../page-kit/strip.ts';
import { placeOf } from '../statistics/example.ts';
import { groupSimilar } from '../statistics/similar-examples.ts';

/** A context in which a head writes most. */
export interface HeadSequence {
  readonly row: HeadSequenceRow;
  /** Of the whole context. */
  readonly tokenIds: Int32Array;
  /** Where the context begins, where that is known. */
  readonly source: ReturnType<PageEnv['source']>;
}

/** Tokens shown around the destination; more where a source that is named lies up to MOST_BEFORE before it. */
const [BEFORE, AFTER, MOST_BEFORE] = [24, 8, 64];
/** Tokens shown before the farthest source that is named. */
const MARGIN = 3;
/** Sources are named in words from this share of the attention on, so many at most. */
const [NAMED_FLOOR, MOST_NAMED] = [0.05, 4];

/** Less attention than this is no shade, and “under 0.01” where its number is asked for. */
const SHADED_FLOOR = 0.01;

/** The contexts in which a head writes most, its attention as shade and in words; nothing where the run kept none. */
export function sequencesSection(sequences: readonly HeadSequence[], layer: number, env: PageEnv): Html {
  if (sequences.length === 0) return nothing;
  const methods = `${env.links.page('methods')}#head-sequences`;
  const groups = groupSimilar(sequences.map(windowOf));
  return html`
    <section id=sequences>
      <h2>Where it writes most</h2>
      <p class=note>
        The ${sequences.length} of ${count(env.run.contexts)} contexts in which one token gets most from this head, by
        the <a href="${methods}">norm of what it writes there</a>. That token is underlined; shade is the attention from
        it, to itself and the tokens before it.
      </p>
      <ol class="x seq">
        ${groups.map(([first, ...similar]) => first && sequenceItem(first, similar, { layer, env }))}
      </ol>
    </section>
  `;
}

type Shown = ReturnType<typeof windowOf>;

/** What of a sequence is shown, as examples are compared. */
function windowOf(sequence: HeadSequence) {
  const { tokenIds, row } = sequence;
  const { position } = row;
  const near = namedSources(row).filter(({ source }) => source >= position - MOST_BEFORE);
  const farthest = least(near.map(({ source }) => source - MARGIN));
  const start = Math.max(0, Math.min(position - BEFORE, farthest));
  return { sequence, position, window_start: start, token_ids: tokenIds.subarray(start, position + AFTER + 1) };
}

interface Place {
  readonly layer: number;
  readonly env: PageEnv;
}

function sequenceItem(shown: Shown, similar: readonly Shown[], place: Place): Html {
  const { row, source } = shown.sequence;
  return html`
    <li>
      <b>${significant(row.norm)}${placeOf(row, source)}${exploreLink(row, place)}</b>
      <div>${strip(shown, place.env)}${inWords(shown.sequence, place.env)}${folded(similar, place)}</div>
  `;
}

function folded(similar: readonly Shown[], place: Place): Html {
  if (similar.length === 0) return nothing;
  return html`
    <details class=similar>
      <summary>${similar.length === 1 ? '1 similar context' : `${similar.length} similar contexts`}</summary>
      <ol class="x seq">${similar.map((shown) => sequenceItem(shown, [], place))}</ol>
    </details>
  `;
}

function strip({ sequence: { row }, window_start: start, token_ids: tokenIds, position }: Shown, env: PageEnv): Html {
  const attention = new Float32Array(tokenIds.length);
  attention.set(
    row.attention.subarray(start, start + tokenIds.length).map((share) => (share < SHADED_FLOOR ? 0 : share)),
  );
  const scale = greatest(row.attention);
  const whole = { tokenIds, activations: attention, from: 0, to: tokenIds.length, start, scale };
  return tokenStrip({ ...whole, peak: position - start }, env.tokens);
}

/** The same for those who see no shade: where most of the attention goes, also to tokens that are not shown. */
function inWords({ row, tokenIds }: HeadSequence, env: PageEnv): Html {
  const named = namedSources(row).map(({ source, share }) => {
    const away = source === row.position ? 'itself' : offset(source - row.position);
    return html`${env.tokens.label(tokenIds[source])} (${away}) ${percent(share, 2)}`;
  });
  const from = env.tokens.label(tokenIds[row.position]);
  if (named.length === 0)
    return html`<p class=under>${from} attends to no token with ${percent(NAMED_FLOOR)} or more</p>`;
  return html`<p class=under><span>${from} attends to ${joined(named, ', ')}</span></p>`;
}

/** The sources that get most, by attention, ties to the earlier. */
function namedSources({ attention }: HeadSequenceRow): { readonly source: number; readonly share: number }[] {
  return Array.from(attention, (share, source) => ({ source, share }))
    .filter(({ share }) => share >= NAMED_FLOOR)
    .sort((a, b) => b.share - a.share || a.source - b.source)
    .slice(0, MOST_NAMED);
}

function exploreLink({ context, position, head }: HeadSequenceRow, { layer, env }: Place): Html {
  if (!env.hasExplorer || env.saeOf(layer) === undefined) return nothing;
  const query = `context=${context}&position=${position}&layer=${layer}&head=${head}`;
  return html`<a href="${env.links.page('explorer')}?${query}">explore</a>`;
}
