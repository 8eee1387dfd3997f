import { CutReader } from '../cut-reader.ts';
import { contextTokensOf, showsContext } from '../maths/families.ts';
import type { ContextFamily } from '../maths/family-names.ts';
import type { DrawnToken } from './draw-tokens.ts';
import type { CheckedLayer, FamilyChecksJob } from './job.ts';

/** Of tokens drawn for families of context, those that show the family when their context is cut short. */
export async function countContextShown(job: FamilyChecksJob, layer: CheckedLayer): Promise<DrawnToken[]> {
  const reader = new CutReader(job);
  const local = await shownOf('local context', reader, layer);
  const highLevel = await shownOf('high-level context', reader, layer);
  await reader.dispose();
  return [...local, ...highLevel];
}

async function shownOf(
  family: ContextFamily,
  reader: CutReader,
  { recorder: { sae }, claims, context }: CheckedLayer,
): Promise<DrawnToken[]> {
  const own = context.filter(({ feature }) => claims.get(feature)?.family === family);
  const drawn = own.map((token) => ({ ...token, sae, drawn: token }));
  const left = await reader.read(contextTokensOf(family), drawn);
  return drawn.flatMap((cut) => (showsContext(family, (left.get(cut) ?? 0) / cut.value) ? [cut.drawn] : []));
}
