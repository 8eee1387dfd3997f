import type { ExampleRow } from '../../../pipeline/measures/statistics/table.ts';
import { largestSize } from '../../../pipeline/numbers/extremes.ts';
import { exampleQuery } from '../../explorer/example/example-query.ts';
import { digits, integer, part, signedDigits, tokenCode } from '../../page-kit/fillings.ts';
import { offset, significant } from '../../page-kit/format.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';
import { pattern } from '../../page-kit/pattern.ts';
import type { ShownTokens } from '../../page-kit/shown-tokens.ts';
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

interface Scope {
  /** Activation that gets the strongest shade. */
  readonly scale: number;
  readonly env: PageEnv;
  readonly tokens: ShownTokens;
}

const scopeOf = (scale: number, env: PageEnv): Scope => ({ scale, env, tokens: env.tokens });

interface Group {
  readonly first: ExampleRow;
  readonly similar: readonly ExampleRow[];
}

/** Top examples, strongest first; those much like a stronger one are folded under it. */
export function topExamples(top: readonly ExampleRow[], scale: number, env: PageEnv): Html {
  const groups = groupSimilar(top).map(([first, ...similar]): Group => ({ first, similar }));
  return topGroups(groups, scopeOf(scale, env));
}

/** Top examples: activation, strip with attribution, and the sources that lie outside the window. */
const topGroups = pattern<Group, Scope>`
  <li>
    <b>${digits(({ first }) => first.activation)}${part(({ first }, { env }) => placeOf(first, env.source(first.context)))}${part(({ first }, { env }) => exploreLink(first, env))}</b>
    <div>
      ${part(({ first }, { scale, env }) => topStrip(first, scale, env))}
      ${part(({ first }, scope) => outsideSources(first, scope))}
      ${part(({ similar }, scope) => folded(similar, scope))}
    </div>
`;

function folded(similar: readonly ExampleRow[], scope: Scope): Html {
  if (similar.length === 0) return nothing;
  const count = similar.length === 1 ? '1 similar example' : `${similar.length} similar examples`;
  const groups = similar.map((first): Group => ({ first, similar: [] }));
  return html`
    <details class=similar>
      <summary>${count}</summary>
      <ol class=x>${topGroups(groups, scope)}</ol>
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

/** Examples of an interval, their windows cut short. */
export const shortExamples = (examples: readonly ExampleRow[], scale: number, env: PageEnv): Html =>
  shortOnes(examples, scopeOf(scale, env));

const shortOnes = pattern<ExampleRow, Scope>`
  <li>
    <b>${digits(({ activation }) => activation)}<i>${integer(({ context }) => context)}:${integer(({ position }) => position)}</i></b>
    ${part((example, { scale, env }) => cutStrip(example, scale, env, SHORT))}
`;

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

function outsideSources(example: ExampleRow, { env }: Scope): Html {
  const outside = strongestOutside(example);
  if (outside.length === 0) return nothing;
  const { position: peak } = example;
  const tokenIds = env.context(example.context);
  return html`<ul class=o>${tokenIds ? namedSources(outside, { peak, tokenIds, tokens: env.tokens }) : sources(outside, { peak })}</ul>`;
}

interface NamedScope {
  /** Position that the sources are counted from. */
  readonly peak: number;
  /** Of the whole context. */
  readonly tokenIds: ArrayLike<number>;
  readonly tokens: ShownTokens;
}

const namedSources = pattern<Outside, NamedScope>`
  <li>${part(({ position }, { peak }) => offset(position - peak))} ${tokenCode(({ position }, { tokenIds }) => tokenIds[position])} ${signedDigits(({ attribution }) => attribution, 2)}
`;

/** Where the context is not known. */
const sources = pattern<Outside, Pick<NamedScope, 'peak'>>`
  <li>${part(({ position }, { peak }) => offset(position - peak))} ${signedDigits(({ attribution }) => attribution, 2)}
`;

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
