import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { headCircuits } from '../../pipeline/measures/circuits/table.ts';
import { heads } from '../../pipeline/measures/heads/table.ts';
import { mapPlaces, maps } from '../../pipeline/measures/map/table.ts';
import { neighbours } from '../../pipeline/measures/neighbours/table.ts';
import { saes } from '../../pipeline/measures/quality/table.ts';
import { headSequences } from '../../pipeline/measures/sequences/table.ts';
import { examples, features, type NewFeatureRow } from '../../pipeline/measures/statistics/table.ts';
import { wiring } from '../../pipeline/measures/wiring/table.ts';
import { contexts, documents, vocabulary } from '../../pipeline/record/table.ts';
import type { NewRowOf, Table } from '../../pipeline/store/column-types.ts';
import { openTable } from '../../pipeline/store/writer.ts';
import { hostileTokens } from './hostile-tokens.ts';
import { seededRandom } from './random.ts';
import { syntheticRecord } from './run-record.ts';
import { type SyntheticWorld, syntheticExamples, syntheticFeature } from './synthetic-feature.ts';
import { syntheticCircuits, syntheticHeads, syntheticSequences } from './synthetic-heads.ts';
import { mapOf, syntheticNeighbours, syntheticPlace, syntheticWiring } from './synthetic-relations.ts';
import { syntheticSae } from './synthetic-sae.ts';
import { CONTEXT, CONTEXTS, type SyntheticShape } from './synthetic-shape.ts';
import { syntheticDocuments, vocabularyRow } from './synthetic-texts.ts';

/** Writes a complete, plausible run of seeded random data, hostile tokens included; the same shape, the same bytes. */
export async function writeSyntheticRun(outDir: string, shape: SyntheticShape): Promise<void> {
  const world = createWorld(shape);
  const layers = Array.from({ length: shape.layers }, (_, layer) => layer);
  await mkdir(outDir, { recursive: true });
  const alive = await writeFeatures(outDir, world, shape);
  const write = <T extends Table>(table: T, rows: readonly NewRowOf<T>[]) => writeTable(outDir, table, rows);
  const ofLayers = <Row>(rows: (layer: number) => readonly Row[]) => layers.flatMap(rows);
  const ofAlive = <Row>(rows: (layer: number, feature: number) => readonly Row[]) =>
    ofLayers((layer) => alive[layer].flatMap(({ feature }) => rows(layer, feature)));
  const all = alive.flat().length;
  await write(
    saes,
    layers.map((layer) => syntheticSae(world.random, shape, layer, alive[layer])),
  );
  await write(
    heads,
    ofLayers((layer) => syntheticHeads(shape, layer, alive[layer])),
  );
  await write(
    headCircuits,
    ofLayers((layer) => syntheticCircuits(shape, layer)),
  );
  await write(
    headSequences,
    ofLayers((layer) => syntheticSequences(shape, layer)),
  );
  await write(
    wiring,
    ofAlive((layer, feature) => (layer === 0 ? [] : syntheticWiring(shape, layer, feature))),
  );
  await write(
    neighbours,
    ofAlive((layer, feature) => syntheticNeighbours(shape, layer, feature)),
  );
  await write(maps, [
    ...layers.map((layer) => ({ ...mapOf, sae: String(layer), features: alive[layer].length })),
    { ...mapOf, sae: null, features: all },
  ]);
  await write(
    mapPlaces,
    ofAlive((layer, feature) => [syntheticPlace(layer, feature)]),
  );
  await write(
    contexts,
    world.contexts.map((token_ids, context) => ({ context, token_ids, document: context, offset: 0 })),
  );
  await write(documents, syntheticDocuments());
  await write(vocabulary, world.tokens.map(vocabularyRow));
  await writeFile(join(outDir, 'run.json'), `${JSON.stringify(syntheticRecord(shape, all), null, 2)}\n`);
}

function createWorld(shape: SyntheticShape): SyntheticWorld {
  const random = seededRandom(shape.seed);
  const plain = Array.from({ length: shape.vocabulary }, (_, i) => `${i % 2 ? ' ' : ''}word${i}`);
  const tokens = [...hostileTokens, ...plain].slice(0, shape.vocabulary);
  const contexts = Array.from({ length: CONTEXTS }, () =>
    Int32Array.from({ length: CONTEXT }, (_, i) => (i === 0 ? 0 : random.below(tokens.length))),
  );
  return { random, nHeads: shape.heads, tokens, contexts };
}

/** Writes features and examples; returns each layer's alive features. */
async function writeFeatures(outDir: string, world: SyntheticWorld, shape: SyntheticShape): Promise<NewFeatureRow[][]> {
  const alive: NewFeatureRow[][] = [];
  const featureTable = await openTable(outDir, features);
  const exampleTable = await openTable(outDir, examples);
  for (let layer = 0; layer < shape.layers; layer++) {
    alive.push([]);
    for (let feature = 0; feature < shape.features; feature++) {
      const row = syntheticFeature(world, layer, feature);
      if (row.count > 0) alive[layer].push(row);
      await featureTable.append([row]);
      await exampleTable.append(syntheticExamples(world, row));
    }
  }
  await featureTable.close();
  await exampleTable.close();
  return alive;
}

async function writeTable<T extends Table>(outDir: string, table: T, rows: readonly NewRowOf<T>[]): Promise<void> {
  const writer = await openTable(outDir, table);
  await writer.append(rows);
  await writer.close();
}

if (import.meta.main) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      layers: { type: 'string', default: '3' },
      features: { type: 'string', default: '256' },
      heads: { type: 'string', default: '8' },
      vocabulary: { type: 'string', default: '4096' },
      seed: { type: 'string', default: '0' },
    },
  });
  const shape = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
  await writeSyntheticRun(positionals[0], { layers: 3, features: 256, heads: 8, vocabulary: 4096, seed: 0, ...shape });
}
