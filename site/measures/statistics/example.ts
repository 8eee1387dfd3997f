import type { ExampleRow } from '../../../pipeline/measures/statistics/table.ts';
import { greatest } from '../../../pipeline/numbers/extremes.ts';
import { exampleQuery } from '../../explorer/example/example-query.ts';
import { offset, signed, significant } from '../../page-kit/format.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';
import { type Strip, tokenStrip, trimStrip } from '../../page-kit/strip.ts';
import { tokenLabel, visibleText } from '../../page-kit/token-text.ts';

const MOST_OUTSIDE = 3;
/** Sources outside the window are named from this share of the largest attribution on. */
const OUTSIDE_FLOOR = 0.05;
const SHORT = { before: 11, after: 4 };
/** The window where there is room for more of it. */
export const LONG = { before: 24, after: 8 };

function exampleStrip(example: ExampleRow, scale: number, env: PageEnv): Strip {
  const strip: Strip = {
    texts: Array.from(example.token_ids, (id) => visibleText(env.token(id))),
    activations: example.activations,
    peak: example.position - example.window_start,
    scale,
    start: example.window_start,
  };
  if (example.dfa_source === null || example.dfa_head === null) return strip;
  return { ...strip, bySource: example.dfa_source.subarray(example.window_start), byHead: example.dfa_head };
}

/** A top example: its activation, its strip with attribution, and the sources that lie outside the window. */
export function topExample(example: ExampleRow, scale: number, env: PageEnv): Html {
  return html`
    <li>
      ${value(example, exploreLink(example, env))}
      <div>${tokenStrip(exampleStrip(example, scale, env))}${outsideSources(example, env)}</div>
  `;
}

/** An example of an interval or of a head's feature, its window cut short. */
export function shortExample(example: ExampleRow, scale: number, env: PageEnv, window = SHORT): Html {
  const strip = exampleStrip({ ...example, dfa_source: null }, scale, env);
  return html`<li>${value(example)}${tokenStrip(trimStrip(strip, window.before, window.after))}`;
}

function value({ activation, context, position }: ExampleRow, link: Html = nothing): Html {
  return html`<b>${significant(activation)}<i>${context}:${position}</i>${link}</b>`;
}

function exploreLink(example: ExampleRow, { hasExplorer, links }: PageEnv): Html {
  if (!hasExplorer) return nothing;
  return html`<a href="${links.page('explorer')}?${exampleQuery(example)}">explore</a>`;
}

function outsideSources(example: ExampleRow, env: PageEnv): Html {
  const chips = strongestOutside(example).map(({ position, attribution }) => {
    const tokenId = env.context(example.context)?.[position];
    const name = tokenId === undefined ? '' : html`<code>${tokenLabel(env.token(tokenId))}</code> `;
    return html`<li>${offset(position - example.position)} ${name}${signed(attribution, 2)}`;
  });
  return chips.length === 0 ? nothing : html`<ul class=o>${chips}</ul>`;
}

/** The strongest sources before the window's first token, by magnitude, in order of strength. */
export function strongestOutside(example: ExampleRow): { position: number; attribution: number }[] {
  const sources = Array.from(example.dfa_source ?? [], (attribution, position) => ({ position, attribution }));
  const largest = greatest(
    sources.map(({ attribution }) => Math.abs(attribution)),
    0,
  );
  return sources
    .filter(
      ({ position, attribution }) =>
        position < example.window_start && Math.abs(attribution) >= OUTSIDE_FLOOR * largest,
    )
    .filter(({ attribution }) => attribution !== 0)
    .sort((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution) || a.position - b.position)
    .slice(0, MOST_OUTSIDE);
}
