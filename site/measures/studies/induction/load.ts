import {
  type InductionHeadRow,
  inductionCurves,
  inductionEdges,
  inductionHeads,
} from '../../../../pipeline/measures/studies/induction/table.ts';
import type { RunReader } from '../../../../pipeline/tables/reader.ts';
import type { Html } from '../../../page-kit/html.ts';
import type { StudySource } from '../source.ts';
import { join } from './data.ts';
import { inductionSections } from './sections.ts';

/** The study of long and short prefixes. */
export async function inductionPage({ record, reader, env }: StudySource): Promise<Html> {
  const [heads, curves, edges] = await Promise.all([
    reader.studyRows(inductionHeads),
    reader.studyRows(inductionCurves),
    reader.studyRows(inductionEdges),
  ]);
  return inductionSections({ record, heads: join(heads, curves, edges) }, env);
}

/** What the study says of each head of a layer; nothing where it was not run. */
export async function inductionVerdicts(reader: RunReader, layer: number): Promise<Map<number, InductionHeadRow>> {
  if (!(await reader.study('induction'))) return new Map();
  const rows = await reader.studyRows(inductionHeads);
  return new Map(rows.filter((row) => row.layer === layer).map((row) => [row.head, row]));
}
