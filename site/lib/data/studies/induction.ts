import { inductionCurves, inductionEdges, inductionHeads } from '../../../../pipeline/store/studies/induction.ts';
import { join } from '../../render/studies/induction/data.ts';
import { inductionSections } from '../../render/studies/induction/sections.ts';
import type { StudySource } from './pages.ts';

/** The study of long and short prefixes. */
export async function inductionPage({ record, reader, env }: StudySource): Promise<string> {
  const [heads, curves, edges] = await Promise.all([
    reader.studyRows(inductionHeads),
    reader.studyRows(inductionCurves),
    reader.studyRows(inductionEdges),
  ]);
  return inductionSections({ record, heads: join(heads, curves, edges) }, env);
}
