import { CutReader } from '../cut-reader.ts';
import { contextTokensOf, showsContext } from '../maths/families.ts';
import type { ContextFamily } from '../maths/family-names.ts';
import type { DrawnToken } from './draw-tokens.ts';
import type { CheckedLayer, FamilyChecksJob } from './job.ts';

/** Tokens that were tried, in whole passes of so many forward tokens, and those of them that show their family. */
interface Tried {
  readonly tried: readonly DrawnToken[];
  readonly shown: readonly DrawnToken[];
  readonly tokens: number;
}

/**
 * Of tokens drawn for families of context, those that show the family when their context is cut short. `left` is how many
 * forward tokens it may cost: tokens of features that are too many for it are not tried.
 */
export async function countContextShown(job: FamilyChecksJob, layer: CheckedLayer, left: number): Promise<Tried> {
  const reader = new CutReader(job);
  const own: Omit<Tried, 'tokens'>[] = [];
  for (const family of ['local context', 'high-level context'] as const) {
    own.push(await shownOf(family, reader, layer, left - reader.cost.forwardTokens));
  }
  await reader.dispose();
  return {
    tried: own.flatMap(({ tried }) => tried),
    shown: own.flatMap(({ shown }) => shown),
    tokens: reader.cost.forwardTokens,
  };
}

async function shownOf(
  family: ContextFamily,
  reader: CutReader,
  { recorder: { sae }, claims, context }: CheckedLayer,
  tokens: number,
): Promise<Omit<Tried, 'tokens'>> {
  const own = context.filter(({ feature }) => claims.get(feature)?.family === family);
  const all = own.map((token) => ({ ...token, sae, drawn: token }));
  const kept = contextTokensOf(family);
  const drawn = Number.isFinite(tokens) ? reader.affordable(all, [kept], tokens) : all;
  const left = await reader.read(kept, drawn);
  return {
    tried: drawn.map((cut) => cut.drawn),
    shown: drawn.flatMap((cut) => (showsContext(family, (left.get(cut) ?? 0) / cut.value) ? [cut.drawn] : [])),
  };
}
