import { append } from '../../numbers/append.ts';

/** Places where features were strongly active, side by side, each feature's by rank and no two in one context. */
export interface ExampleCandidates {
  /** Which feature, numbered from 0. */
  readonly features: Int32Array;
  readonly contexts: Int32Array;
}

/**
 * Picks up to `wanted` candidates of each feature so that few contexts serve many: again and again the context that
 * the most unserved features share, and no more than `mostContexts`. Returns the picked candidates' indices, by context.
 */
export function chooseExamples(
  candidates: ExampleCandidates,
  wanted: number,
  mostContexts = Number.POSITIVE_INFINITY,
): number[] {
  const needs = new Map<number, number>();
  for (const feature of candidates.features) needs.set(feature, wanted);
  const byContext = Map.groupBy(candidates.contexts.keys(), (i) => candidates.contexts[i]);
  const unserved = (context: number) =>
    (byContext.get(context) ?? []).filter((i) => (needs.get(candidates.features[i]) ?? 0) > 0);

  const buckets: number[][] = Array.from({ length: needs.size + 1 }, () => []);
  const put = (context: number, score: number) => buckets[score]?.push(context);
  for (const context of [...byContext.keys()].sort((a, b) => b - a)) put(context, unserved(context).length);

  const picked: number[] = [];
  let contexts = 0;
  for (let score = buckets.length - 1; score > 0 && contexts < mostContexts; ) {
    const context = buckets[score]?.pop();
    if (context === undefined) {
      score--;
      continue;
    }
    const served = unserved(context);
    if (served.length < score) {
      put(context, served.length);
      continue;
    }
    for (const i of served) {
      const feature = candidates.features[i];
      needs.set(feature, (needs.get(feature) ?? 0) - 1);
    }
    append(picked, served);
    contexts++;
  }
  return picked.sort((a, b) => candidates.contexts[a] - candidates.contexts[b] || a - b);
}
