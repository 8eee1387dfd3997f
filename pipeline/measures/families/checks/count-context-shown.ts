import { activationsCutTo } from '../context-cuts.ts';
import { contextTokensOf, showsContext } from '../maths/families.ts';
import type { ContextFamily } from '../maths/family-names.ts';
import type { DrawnToken } from './draw-tokens.ts';
import type { CheckedLayer, FamilyChecksJob } from './job.ts';

/** Of tokens drawn for families of context, those that show the family when their context is cut short. */
export async function countContextShown(job: FamilyChecksJob, layer: CheckedLayer): Promise<DrawnToken[]> {
  const local = await shownOf('local context', job, layer);
  const highLevel = await shownOf('high-level context', job, layer);
  return [...local, ...highLevel];
}

async function shownOf(
  family: ContextFamily,
  { engine, model, contexts }: FamilyChecksJob,
  { recorder, claims, context }: CheckedLayer,
): Promise<DrawnToken[]> {
  const tokens = context.filter(({ feature }) => claims.get(feature)?.family === family);
  const length = contextTokensOf(family);
  const options = { engine, model, sae: recorder.sae, contexts };
  const left = await activationsCutTo(length, tokens, options);
  return tokens.filter((token) => showsContext(family, (left.get(token) ?? 0) / token.value));
}
