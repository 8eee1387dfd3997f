import type { ExampleRow } from '../../../pipeline/measures/statistics/table.ts';
import { largestSize } from '../../../pipeline/numbers/extremes.ts';
import { exampleQuery } from '../../explorer/example/example-query.ts';
import { offset, signed, significant } from '../../page-kit/format.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';
import { tokenStrip } from '../../page-kit/strip.ts';
import { groupSimilar } from './similar-examples.ts';

const MOST_OUTSIDE = 3;
/** Sources outside the window are named from this share of the largest attribution on. */
const OUTSIDE_FLOOR = 0.05;
interface Window {
  readonly before: number;
  readonly after: number;
}
const SHORT: Window = { before: 11, after: 4 };
/** The window where there is room for more of it. */
const LONG: Window = { before: 24, after: 8 };

/** Top examples, strongest first; those much like a stronger one are folded under it. */
export const topExamples = (top: readonly ExampleRow[], scale: number, env: PageEnv): Html[] =>
  groupSimilar(top).map(([first, ...similar]) => (first ? topExample(first, similar, scale, env) : nothing));

/** A top example: its activation, its strip with attribution, and the sources that lie outside the window. */
function topExample(example: ExampleRow, similar: readonly ExampleRow[], scale: number, env: PageEnv): Html {
  return html`
    <li>
      <b>${significant(example.activation)}${placeOf(example, env.source(example.context))}${exploreLink(example, env)}</b>
      <div>${topStrip(example, scale, env)}${outsideSources(example, env)}${folded(similar, scale, env)}</div>
  `;
}

function folded(similar: readonly ExampleRow[], scale: number, env: PageEnv): Html {
  if (similar.length === 0) return nothing;
  const count = similar.length === 1 ? '1 similar example' : `${similar.length} similar examples`;
  return html`
    <details class=similar>
      <summary>${count}</summary>
      <ol class=x>${similar.map((example) => topExample(example, [], scale, env))}</ol>
    </details>
  `;
}

/** The whole window, with attribution where it is known. */
function topStrip(example: ExampleRow, scale: number, env: PageEnv): Html {
  const { token_ids: tokenIds, activations, position, window_start: start, dfa_source, dfa_head } = example;
  const [to, peak] = [tokenIds.length, position - start];
  const isKnown = dfa_source !== null && dfa_head !== null;
  const bySource = isKnown ? dfa_source.subarray(start) : undefined;
  const byHead = isKnown ? dfa_head : undefined;
  return tokenStrip({ tokenIds, activations, from: 0, to, peak, scale, start, bySource, byHead }, env.tokens);
}

/** An example of an interval, its window cut short. */
export function shortExample(example: ExampleRow, scale: number, env: PageEnv): Html {
  const { activation, context, position } = example;
  const strip = cutStrip(example, scale, env, SHORT);
  return html`<li><b>${significant(activation)}<i>${context}:${position}</i></b>${strip}`;
}

/** An example on a page of several features, with more of its window, and its document. */
export const longExample = (example: ExampleRow, scale: number, env: PageEnv): Html =>
  html`
    <li>
      <b>${significant(example.activation)}${placeOf(example, env.source(example.context))}</b>
      ${cutStrip(example, scale, env, LONG)}
  `;

function cutStrip(example: ExampleRow, scale: number, env: PageEnv, window: Window): Html {
  const { token_ids: tokenIds, activations, position, window_start } = example;
  const peak = position - window_start;
  const from = Math.max(0, peak - window.before);
  const to = Math.min(tokenIds.length, peak + window.after + 1);
  return tokenStrip({ tokenIds, activations, from, to, peak, scale, start: window_start + from }, env.tokens);
}

type ContextPlace = Pick<ExampleRow, 'context' | 'position'>;

/** The document that an example is of and its token there; by context and position where that is not known. */
export function placeOf(example: ContextPlace, source: ReturnType<PageEnv['source']>): Html {
  const { context, position } = example;
  if (!source) return html`<i>${context}:${position}</i>`;
  const { file, document, offset } = source;
  return html`
    <i title="${file}, document ${document}; context ${context}, position ${position} of the run">
      doc ${document}, token ${offset + position - 1}
    </i>
  `;
}

function exploreLink(example: ExampleRow, { hasExplorer, links, saeOf }: PageEnv): Html {
  if (!hasExplorer) return nothing;
  return html`<a href="${links.page('explorer')}?${exampleQuery(example, saeOf(example.layer))}">explore</a>`;
}

function outsideSources(example: ExampleRow, env: PageEnv): Html {
  const outside = strongestOutside(example);
  if (outside.length === 0) return nothing;
  const context = env.context(example.context);
  const chips = outside.map(({ position, attribution }) => {
    const tokenId = context?.[position];
    const name = tokenId === undefined ? '' : html`${env.tokens.label(tokenId)} `;
    return html`<li>${offset(position - example.position)} ${name}${signed(attribution, 2)}`;
  });
  return html`<ul class=o>${chips}</ul>`;
}

interface Outside {
  readonly position: number;
  readonly attribution: number;
}

/** The strongest sources before the window's first token, by magnitude, in order of strength. */
export function strongestOutside(example: ExampleRow): Outside[] {
  const { dfa_source: sources, window_start } = example;
  if (!sources || window_start === 0) return [];
  const strongest: Outside[] = [];
  // Another has to be as strong as this while there is room, and stronger once there is none.
  let least = Math.max(Number.MIN_VALUE, OUTSIDE_FLOOR * largestSize(sources));
  for (let position = 0; position < Math.min(window_start, sources.length); position++) {
    const attribution = sources[position];
    if (Math.abs(attribution) < least) continue;
    if (strongest.length < MOST_OUTSIDE) insert(strongest, { position, attribution });
    else if (Math.abs(attribution) > least) {
      strongest.pop();
      insert(strongest, { position, attribution });
    }
    if (strongest.length === MOST_OUTSIDE) least = Math.abs(strongest[MOST_OUTSIDE - 1].attribution);
  }
  return strongest;
}

/** Puts a source behind those that are as strong, which come first. */
function insert(strongest: Outside[], source: Outside): void {
  let place = strongest.length;
  for (; place > 0 && Math.abs(strongest[place - 1].attribution) < Math.abs(source.attribution); place--)
    strongest[place] = strongest[place - 1];
  strongest[place] = source;
}
