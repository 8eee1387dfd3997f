import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { NewRowOf, Table } from '../../pipeline/store/column-types.ts';
import type { NewFeatureRow, NewHeadRow, NewSaeRow, NewVocabularyRow } from '../../pipeline/store/schema.ts';
import { contexts, examples, features, heads, saes, vocabulary } from '../../pipeline/store/schema.ts';
import { openTable } from '../../pipeline/store/writer.ts';
import { hostileTokens } from './hostile-tokens.ts';
import { type Random, seededRandom } from './random.ts';
import { type SyntheticWorld, syntheticExamples, syntheticFeature } from './synthetic-feature.ts';

export interface SyntheticShape {
  readonly layers: number;
  /** Features of each layer. */
  readonly features: number;
  readonly heads: number;
  /** Tokens of the vocabulary, the hostile ones first. */
  readonly vocabulary: number;
  readonly seed: number;
}

const CONTEXT = 128;
const CONTEXTS = 200;
const D_HEAD = 32;

/** Writes a complete, plausible run of seeded random data, hostile tokens included; the same shape, the same bytes. */
export async function writeSyntheticRun(outDir: string, shape: SyntheticShape): Promise<void> {
  const world = createWorld(shape);
  const layers = Array.from({ length: shape.layers }, (_, layer) => layer);
  await mkdir(outDir, { recursive: true });
  const alive = await writeFeatures(outDir, world, shape);
  await writeTable(
    outDir,
    saes,
    layers.map((layer) => syntheticSae(world.random, shape, layer, alive[layer].length)),
  );
  await writeTable(
    outDir,
    heads,
    layers.flatMap((layer) => syntheticHeads(shape, layer, alive[layer])),
  );
  await writeTable(
    outDir,
    contexts,
    world.contexts.map((token_ids, context) => ({ context, token_ids })),
  );
  await writeTable(outDir, vocabulary, world.tokens.map(vocabularyRow));
  await writeFile(join(outDir, 'run.json'), `${JSON.stringify(runRecord(shape, alive.flat().length), null, 2)}\n`);
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

function syntheticSae(random: Random, shape: SyntheticShape, layer: number, alive: number): NewSaeRow {
  const ce = { ce_clean: 3.2, ce_sae: 3.25 + random.unit() / 10, ce_zero: 4 + random.unit(), ce_mean: 3.9 };
  return {
    ...{ layer, d_in: shape.heads * D_HEAD, d_sae: shape.features, tokens: 100_000, quality_tokens: 32_768 },
    ...{ l0: 10 + 10 * random.unit(), explained_variance: 0.8 + random.unit() / 10, ...ce },
    loss_recovered: (ce.ce_zero - ce.ce_sae) / (ce.ce_zero - ce.ce_clean),
    dead_features: shape.features - alive,
    source: `saes/layer-${layer}`,
  };
}

function syntheticHeads(shape: SyntheticShape, layer: number, alive: readonly NewFeatureRow[]): NewHeadRow[] {
  return Array.from({ length: shape.heads }, (_, head) => {
    const top = alive.toSorted((a, b) => b.head_weights[head] - a.head_weights[head]).slice(0, 50);
    return {
      layer,
      head,
      top_features: top.map((row) => row.feature),
      top_weights: top.map((row) => row.head_weights[head]),
      family_mix:
        layer > 0
          ? new Map([
              ['induction', 0.25],
              ['name mover', 0.75],
            ])
          : null,
      scores: layer > 0 ? new Map([['induction', head / shape.heads]]) : null,
      polysemanticity: layer > 0 ? (head % 2 ? 'polysemantic' : 'candidate for monosemanticity') : null,
    };
  });
}

function vocabularyRow(token: string, token_id: number): NewVocabularyRow {
  return { token_id, token, bytes: token === '\\xE6' ? Uint8Array.of(0xe6) : new TextEncoder().encode(token) };
}

function runRecord(shape: SyntheticShape, alive: number): unknown {
  const sha256 = '0'.repeat(64);
  const sizes = { nLayers: shape.layers, nHeads: shape.heads, dHead: D_HEAD, dModel: shape.heads * D_HEAD };
  const layers = Array.from({ length: shape.layers }, (_, layer) => layer);
  const model = { modelType: 'gpt2', ...sizes, dMlp: 4 * sizes.dModel, nContext: CONTEXT, vocabSize: shape.vocabulary };
  const window = { before: 32, after: 8 };
  return {
    version: '0.1.0',
    config: {
      model: 'model',
      saes: 'saes',
      corpus: ['corpus'],
      context: CONTEXT,
      examples: 20,
      seed: shape.seed,
      window,
    },
    model: { name: 'synthetic', ...model, epsilon: 1e-5, activation: 'gelu_new', bosTokenId: 0, eosTokenId: 0, sha256 },
    saes: layers.map((layer) => ({ layer, source: `saes/layer-${layer}`, sha256 })),
    corpus: [{ path: 'corpus/text.jsonl', bytes: 1000, sha256 }],
    tokenizer: { sha256 },
    counts: { documents: 10, tokens: 100_000, contexts: CONTEXTS, features: shape.layers * shape.features, alive },
    timings: {},
    versions: {},
    completedAt: '2026-01-01T00:00:00.000Z',
  };
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
