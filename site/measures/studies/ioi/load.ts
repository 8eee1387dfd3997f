import {
  type IoiFeatureRow,
  type IoiHeadRow,
  ioiAnswers,
  ioiEdges,
  ioiFeatures,
  ioiHeads,
  ioiPatches,
  ioiTotals,
} from '../../../../pipeline/measures/studies/ioi/table.ts';
import type { RunReader } from '../../../../pipeline/tables/reader.ts';
import { readNames } from '../../../build/feature-names.ts';
import { type Html, nothing } from '../../../page-kit/html.ts';
import type { StudySource } from '../source.ts';
import type { FeatureLabel } from './data.ts';
import { ioiSections } from './sections.ts';

/** The study of indirect-object identification. */
export async function ioiPage({ record, reader, env }: StudySource): Promise<Html> {
  if (record.settings.prompts === undefined) return nothing;
  const [answers, totals, features, heads, edges, patches] = await Promise.all([
    reader.studyRows(ioiAnswers),
    reader.studyRows(ioiTotals),
    reader.studyRows(ioiFeatures),
    reader.studyRows(ioiHeads),
    reader.studyRows(ioiEdges),
    reader.studyRows(ioiPatches),
  ]);
  const label = await labels(reader, features);
  const read = edges.flatMap((edge) => [
    ...(edge.from_kind === 'feature' ? [{ sae: edge.from_sae ?? '', feature: edge.from_index ?? -1 }] : []),
    ...(edge.to_kind === 'feature' ? [{ sae: edge.to_sae ?? '', feature: edge.to_index ?? -1 }] : []),
  ]);
  const nameOf = await readNames(reader, [...features, ...read]);
  const data = { answers, totals, features, heads, edges, patches, settings: record.settings, label };
  return ioiSections(data, { ...env, nameOf });
}

/** What the study says of each head of a layer; nothing where it was not run. */
export async function ioiHeadsOf(reader: RunReader, layer: number): Promise<Map<number, IoiHeadRow>> {
  if (!(await reader.study('ioi'))) return new Map();
  const rows = await reader.studyRows(ioiHeads);
  return new Map(rows.filter((row) => row.layer === layer).map((row) => [row.head, row]));
}

async function labels(reader: RunReader, features: readonly IoiFeatureRow[]) {
  const known = new Map<string, FeatureLabel>();
  for (const [sae, [first]] of Map.groupBy(features, (row) => row.sae)) {
    for (const { feature, family, promoted } of await reader.featureIndexRows(sae)) {
      known.set(`${first?.layer}/${feature}`, { family, promoted: Array.from(promoted) });
    }
  }
  return (layer: number, feature: number) => known.get(`${layer}/${feature}`);
}
