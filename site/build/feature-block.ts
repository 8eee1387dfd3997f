import type { NeighbourRow } from '../../pipeline/measures/neighbours/table.ts';
import type { ExampleRow, FeatureRow } from '../../pipeline/measures/statistics/table.ts';
import type { UpstreamRow } from '../../pipeline/measures/upstream/table.ts';
import type { WiringRow } from '../../pipeline/measures/wiring/table.ts';
import type { ContextRow, DocumentRow } from '../../pipeline/record/table.ts';
import type { RunReader } from '../../pipeline/tables/reader.ts';
import type { FeatureRange } from '../../pipeline/tables/sql.ts';
import type { FeaturePage } from '../compose/feature-page.ts';
import type { NameOf } from '../page-kit/feature-name.ts';
import { readSources, type Sources, withDocuments } from './context-sources.ts';
import { type NamesOf, readNames } from './feature-names.ts';
import { RowsInOrder } from './rows-in-order.ts';

/** The pages of neighbouring features, and the contexts that they name tokens of. */
export interface FeatureBlock {
  readonly pages: ReadonlyMap<number, FeaturePage>;
  readonly contexts: ReadonlyMap<number, ContextRow>;
  /** The documents that these are of, by number. */
  readonly documents: ReadonlyMap<number, DocumentRow>;
  /** What the features that these pages name are called. */
  readonly nameOf: NameOf;
}

/** One query for features `from` up to `to`, one for their examples: a query a page would be several times slower. */
export async function readBlock(reader: RunReader, range: FeatureRange): Promise<FeatureBlock> {
  const { sae, from, to } = range;
  const rows = await reader.features(sae, from, to);
  const examples = await reader.examples(sae, from, to);
  const beside = await readBeside(reader, range, (features) => readNames(reader, features));
  return {
    ...blockOf(rows, examples, beside),
    ...(await readSources(reader, namedContexts([...examples.values()].flat()))),
  };
}

/**
 * Features whose smaller tables are read at once, and so many of these whose pages are held at a time: what is held while
 * pages come and go is copied by each collection of what is gone.
 */
const [BESIDE, HELD] = [1024, 4];
/** So many contexts are held whole: the pages of each few features are of contexts from all over. */
const MOST_CONTEXTS = 32_768;

/** All blocks of an SAE in order: features and examples pass through memory once. */
export async function* readBlocks(
  reader: RunReader,
  { sae, features, namesOf }: { readonly sae: string; readonly features: number; readonly namesOf: NamesOf },
): AsyncGenerator<FeatureBlock> {
  const rows = new RowsInOrder(reader.featuresOf(sae));
  const examples = new RowsInOrder(reader.examplesOf(sae));
  const sources = reader.counts.contexts <= MOST_CONTEXTS ? await readAllSources(reader) : undefined;
  try {
    for (let start = 0; start < features; start += BESIDE) {
      const end = Math.min(features, start + BESIDE);
      const beside = await readBeside(reader, { sae, from: start, to: end }, namesOf);
      const step = sources ? HELD : BESIDE;
      for (let from = start; from < end; from += step) {
        const to = Math.min(end, from + step);
        const shown = await examples.before(to);
        const block = blockOf(
          await rows.before(to),
          Map.groupBy(shown, ({ feature }) => feature),
          beside,
        );
        yield { ...block, ...(sources ?? (await readSources(reader, namedContexts(shown)))) };
      }
    }
  } finally {
    await rows.close();
    await examples.close();
  }
}

/** What the smaller tables say of some features. */
async function readBeside(reader: RunReader, { sae, from, to }: FeatureRange, namesOf: NamesOf) {
  const upstream = await reader.upstream(sae, from, to);
  const wiring = await reader.wiring(sae, from, to);
  const neighbours = await reader.neighbours(sae, from, to);
  const checks = await reader.familyChecks(sae, from, to);
  const labels = await reader.labels(sae, from, to);
  const read = [...upstream.values(), ...wiring.values()].flat();
  const nameOf = await namesOf([...namedFeatures(read), ...nearFeatures([...neighbours.values()].flat())]);
  return { upstream, wiring, neighbours, checks, labels, nameOf };
}

function blockOf(
  rows: readonly FeatureRow[],
  examples: ReadonlyMap<number, readonly ExampleRow[]>,
  { upstream, wiring, neighbours, checks, labels, nameOf }: Awaited<ReturnType<typeof readBeside>>,
): Pick<FeatureBlock, 'pages' | 'nameOf'> {
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
  return { pages: new Map(pages), nameOf };
}

async function readAllSources(reader: RunReader): Promise<Sources> {
  const rows = await reader.contexts(0, reader.counts.contexts);
  return withDocuments(reader, new Map(rows.map((row) => [row.context, row])));
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
