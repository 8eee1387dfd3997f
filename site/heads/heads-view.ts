/** A head of the table, with its numbers in the order of the scores. */
export interface ShownHead {
  readonly name: string;
  readonly href: string;
  readonly layer: string;
  readonly verdict: string;
  readonly induction: string;
  readonly family: string;
  readonly values: readonly (number | null)[];
}

export interface ShownScore {
  readonly key: string;
  readonly name: string;
  readonly group: string;
  readonly unit: string;
}

/** What narrows the heads down: one value each, '' for all. */
const facetNames = ['layer', 'verdict', 'induction', 'family'] as const;
export type FacetName = (typeof facetNames)[number];

/** What the page of heads shows; the address holds it. */
export interface HeadsView extends Readonly<Record<FacetName, string>> {
  /** Keys of the scores on the axes and of the shade. */
  readonly x: string;
  readonly y: string;
  readonly shade: string;
  /** Key of a score, or '' for the order of the heads. */
  readonly sort: string;
  readonly descending: boolean;
  /** A bound of one score; '' and null for none. */
  readonly score: string;
  readonly from: number | null;
  readonly to: number | null;
}

const axes = { x: 'induction_on_repeats', y: 'roles_high', shade: 'mean_head_weight' } as const;
const axisNames = ['x', 'y', 'shade'] as const;

/** The view where the address asks for nothing, of the scores that there are. */
function defaultView(scores: readonly ShownScore[]): HeadsView {
  const has = (key: string) => scores.some((score) => score.key === key);
  const pick = (key: string, i: number) => (has(key) ? key : (scores.at(Math.min(i, scores.length - 1))?.key ?? ''));
  return {
    ...{ x: pick(axes.x, 0), y: pick(axes.y, 1), shade: pick(axes.shade, 2), sort: '', descending: true },
    ...{ layer: '', verdict: '', induction: '', family: '', score: '', from: null, to: null },
  };
}

/** Reads a view from an address; what is no score or number there is left at its default. */
export function parseView(params: URLSearchParams, scores: readonly ShownScore[]): HeadsView {
  const standard = defaultView(scores);
  const scoreAt = (name: string, otherwise: string) =>
    scores.find(({ key }) => key === params.get(name))?.key ?? otherwise;
  return {
    ...{ x: scoreAt('x', standard.x), y: scoreAt('y', standard.y), shade: scoreAt('shade', standard.shade) },
    ...{ sort: scoreAt('sort', ''), descending: params.get('order') !== 'asc' },
    layer: params.get('layer') ?? '',
    verdict: params.get('verdict') ?? '',
    induction: params.get('induction') ?? '',
    family: params.get('family') ?? '',
    ...{ score: scoreAt('score', ''), from: numberAt(params, 'from'), to: numberAt(params, 'to') },
  };
}

/** The shortest parameters that parseView reads back as the same view. */
export function formatView(view: HeadsView, scores: readonly ShownScore[]): URLSearchParams {
  const standard = defaultView(scores);
  const entries: [string, string | number | null][] = [
    ...axisNames.map((name): [string, string | null] => [name, view[name] === standard[name] ? null : view[name]]),
    ['sort', view.sort || null],
    ['order', view.descending ? null : 'asc'],
    ...facetNames.map((name): [string, string | null] => [name, view[name] || null]),
    ['score', view.score || null],
    ['from', view.from],
    ['to', view.to],
  ];
  return new URLSearchParams(entries.flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])));
}

/** Which heads a view lets through, one facet left aside where its values are counted. */
function admits(view: HeadsView, scores: readonly ShownScore[], aside?: FacetName): (head: ShownHead) => boolean {
  const bounded = scores.findIndex(({ key }) => key === view.score);
  return (head) => {
    if (facetNames.some((name) => name !== aside && view[name] !== '' && head[name] !== view[name])) return false;
    if (bounded < 0 || (view.from === null && view.to === null)) return true;
    const value = head.values[bounded];
    return value !== null && value >= (view.from ?? -Infinity) && value <= (view.to ?? Infinity);
  };
}

/** Numbers of the heads that are shown, in order; heads without the score that sorts them come last. */
export function headOrder(heads: readonly ShownHead[], view: HeadsView, scores: readonly ShownScore[]): number[] {
  const admitted = admits(view, scores);
  const shown = heads.flatMap((head, i) => (admitted(head) ? [i] : []));
  const at = scores.findIndex(({ key }) => key === view.sort);
  if (at < 0) return view.descending ? shown : shown.reverse();
  const sign = view.descending ? -1 : 1;
  return shown.sort((a, b) => {
    const [one, other] = [heads[a].values[at], heads[b].values[at]];
    if (one === null || other === null) return Number(one === null) - Number(other === null) || a - b;
    return sign * (one - other) || a - b;
  });
}

/** The values of a facet, in the order of the heads, with how many heads each would show. */
export function facetCounts(
  heads: readonly ShownHead[],
  view: HeadsView,
  scores: readonly ShownScore[],
  name: FacetName,
): [string, number][] {
  const admitted = admits(view, scores, name);
  const counts = new Map(heads.map((head) => [head[name], 0]));
  for (const head of heads) if (admitted(head)) counts.set(head[name], (counts.get(head[name]) ?? 0) + 1);
  return [...counts];
}

/** Whether any head has a value of a facet: without its study, none is known to be an induction head. */
export const hasFacet = (heads: readonly ShownHead[], name: FacetName): boolean =>
  heads.some((head) => head[name] !== '–');

function numberAt(params: URLSearchParams, name: string): number | null {
  const text = params.get(name);
  const value = text ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : null;
}
