import type { NeighbourRow } from '../../pipeline/measures/neighbours/table.ts';
import { type ExampleRow, FEATURES_PER_BLOCK } from '../../pipeline/measures/statistics/table.ts';
import type { UpstreamRow } from '../../pipeline/measures/upstream/table.ts';
import type { WiringRow } from '../../pipeline/measures/wiring/table.ts';
import type { ContextRow, DocumentRow } from '../../pipeline/record/table.ts';
import type { RunReader } from '../../pipeline/tables/reader.ts';
import type { FeatureRange } from '../../pipeline/tables/sql.ts';
import type { FeaturePage } from '../compose/feature-page.ts';
import type { NameOf } from '../page-kit/feature-name.ts';
import { readContexts } from './contexts.ts';
import { readNames } from './feature-names.ts';

/** The pages of neighbouring features, and the contexts that they name tokens of. */
export interface FeatureBlock {
  readonly pages: ReadonlyMap<number, FeaturePage>;
  readonly contexts: ReadonlyMap<number, ContextRow>;
  /** The documents that these are of, by number. */
  readonly documents: ReadonlyMap<number, DocumentRow>;
  /** What the features that these pages name are called. */
  readonly nameOf: NameOf;
}

export function blockStart(feature: number): number {
  return feature - (feature % FEATURES_PER_BLOCK);
}

/** One query for features `from` up to `to`, one for their examples: a query a page would be several times slower. */
export async function readBlock(reader: RunReader, { sae, from, to }: FeatureRange): Promise<FeatureBlock> {
  const rows = await reader.features(sae, from, to);
  const examples = await reader.examples(sae, from, to);
  const upstream = await reader.upstream(sae, from, to);
  const wiring = await reader.wiring(sae, from, to);
  const neighbours = await reader.neighbours(sae, from, to);
  const checks = await reader.familyChecks(sae, from, to);
  const labels = await reader.labels(sae, from, to);
  const pages = rows.map((row): [number, FeaturePage] => {
    const { feature } = row;
    return [
      feature,
      {
        row,
        examples: examples.get(feature) ?? [],
        upstream: upstream.get(feature),
        wiring: wiring.get(feature),
        neighbours: neighbours.get(feature),
        check: checks.get(feature),
        labels: labels.get(feature),
      },
    ];
  });
  const contexts = await readContexts(reader, namedContexts([...examples.values()].flat()));
  const documents = await reader.documentsOf([...new Set([...contexts.values()].map(({ document }) => document))]);
  const read = [...upstream.values(), ...wiring.values()].flat();
  const nameOf = await readNames(reader, [...namedFeatures(read), ...nearFeatures([...neighbours.values()].flat())]);
  return { pages: new Map(pages), contexts, documents: new Map(documents.map((row) => [row.document, row])), nameOf };
}

const nearFeatures = (rows: readonly NeighbourRow[]) =>
  rows.map(({ other_sae, other_feature }) => ({ sae: other_sae, feature: other_feature }));

function* namedFeatures(rows: readonly (UpstreamRow | WiringRow)[]) {
  for (const { upstream_sae: sae, upstream_feature: feature } of rows) {
    if (sae !== null && feature !== null) yield { sae, feature };
  }
}

function namedContexts(examples: readonly ExampleRow[]): Set<number> {
  return new Set(examples.filter(({ interval }) => interval === 0).map(({ context }) => context));
}
