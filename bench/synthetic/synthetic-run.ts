import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { headCircuits, type NewHeadCircuitsRow } from '../../pipeline/measures/circuits/table.ts';
import { heads, type NewHeadRow } from '../../pipeline/measures/heads/table.ts';
import { mapPlaces, maps, type NewMapPlaceRow } from '../../pipeline/measures/map/table.ts';
import { type NewNeighbourRow, neighbours } from '../../pipeline/measures/neighbours/table.ts';
import { densityHistogram } from '../../pipeline/measures/quality/maths/density-histogram.ts';
import { type NewSaeRow, saes } from '../../pipeline/measures/quality/table.ts';
import { headSequences, type NewHeadSequenceRow } from '../../pipeline/measures/sequences/table.ts';
import { examples, features, type NewFeatureRow } from '../../pipeline/measures/statistics/table.ts';
import { type NewWiringRow, wiring } from '../../pipeline/measures/wiring/table.ts';
import type { RunRecord } from '../../pipeline/record/run-record.ts';
import {
  contexts,
  documents,
  type NewDocumentRow,
  type NewVocabularyRow,
  vocabulary,
} from '../../pipeline/record/table.ts';
import type { NewRowOf, Table } from '../../pipeline/store/column-types.ts';
import { openTable } from '../../pipeline/store/writer.ts';
import { hostileTokens } from './hostile-tokens.ts';
import { type Random, seededRandom } from './random.ts';
import { exampleRecord } from './run-record.ts';
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
    layers.map((layer) => syntheticSae(world.random, shape, layer, alive[layer])),
  );
  await writeTable(
    outDir,
    heads,
    layers.flatMap((layer) => syntheticHeads(shape, layer, alive[layer])),
  );
  await writeTable(
    outDir,
    headCircuits,
    layers.flatMap((layer) => syntheticCircuits(shape, layer)),
  );
  await writeTable(
    outDir,
    headSequences,
    layers.flatMap((layer) => syntheticSequences(shape, layer)),
  );
  await writeTable(
    outDir,
    wiring,
    layers.slice(1).flatMap((layer) => alive[layer].flatMap(({ feature }) => syntheticWiring(shape, layer, feature))),
  );
  await writeTable(
    outDir,
    neighbours,
    layers.flatMap((layer) => alive[layer].flatMap(({ feature }) => syntheticNeighbours(shape, layer, feature))),
  );
  const all = alive.flat().length;
  await writeTable(outDir, maps, [
    ...layers.map((layer) => ({ ...mapOf, sae: String(layer), features: alive[layer].length })),
    { ...mapOf, sae: null, features: all },
  ]);
  await writeTable(
    outDir,
    mapPlaces,
    layers.flatMap((layer) => alive[layer].map(({ feature }) => syntheticPlace(layer, feature))),
  );
  await writeTable(
    outDir,
    contexts,
    world.contexts.map((token_ids, context) => ({ context, token_ids, document: context, offset: 0 })),
  );
  await writeTable(outDir, documents, syntheticDocuments());
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

function syntheticSae(
  random: Random,
  shape: SyntheticShape,
  layer: number,
  alive: readonly NewFeatureRow[],
): NewSaeRow {
  const counts = alive.map(({ count }) => Number(count));
  const ce = { ce_clean: 3.2, ce_sae: 3.25 + random.unit() / 10, ce_zero: 4 + random.unit(), ce_mean: 3.9 };
  return {
    ...{
      layer,
      sae: String(layer),
      site: 'z',
      d_in: shape.heads * D_HEAD,
      d_sae: shape.features,
      tokens: 25_400,
      contexts: CONTEXTS,
    },
    ...{ quality_tokens: 50 * (CONTEXT - 1), quality_contexts: 50 },
    ...{ l0: 10 + 10 * random.unit(), explained_variance: 0.8 + random.unit() / 10, ...ce },
    loss_recovered: (ce.ce_zero - ce.ce_sae) / (ce.ce_zero - ce.ce_clean),
    ...{ cossim: 0.92, l2_ratio: 0.88, relative_reconstruction_bias: 0.97 },
    ...{ kl_sae: 0.05, kl_zero: 0.9, kl_mean: 0.8, kl_score: (0.9 - 0.05) / 0.9 },
    ...{ freq_over_1_percent: 0.2, freq_over_10_percent: 0.01 },
    ...{ normalized_freq_over_1_percent: 0.6, normalized_freq_over_10_percent: 0.1 },
    ...{ dense_features: Math.round(0.01 * shape.features), average_max_decoder_cosine_sim: 0.4, near_twins: 0 },
    density_histogram: densityHistogram(counts, 25_400),
    ...{ loss_recovered_mean: 0.92, kl_score_mean: 0.93 },
    dead_features: shape.features - counts.length,
    ...{ explained_variance_low: 0.79, explained_variance_high: 0.91, ce_clean_low: 3.1, ce_clean_high: 3.3 },
    ...{ ce_sae_low: 3.15, ce_sae_high: 3.4, ce_zero_low: 3.9, ce_zero_high: 5.1, ce_mean_low: 3.8, ce_mean_high: 4 },
    ...{ loss_recovered_low: null, loss_recovered_high: null },
    source: `saes/layer-${layer}`,
    ...{ processing: 'raw', folded_bias: 'none', processing_source: 'model_from_pretrained_kwargs says no fold' },
  };
}

function syntheticHeads(shape: SyntheticShape, layer: number, alive: readonly NewFeatureRow[]): NewHeadRow[] {
  return Array.from({ length: shape.heads }, (_, head) => {
    const top = alive.toSorted((a, b) => b.head_weights[head] - a.head_weights[head]).slice(0, 50);
    return {
      layer,
      sae: String(layer),
      head,
      top_features: top.map((row) => row.feature),
      top_weights: top.map((row) => row.head_weights[head]),
      ...(layer > 0 ? syntheticVerdict(head / shape.heads, top) : noVerdict),
      polysemanticity: layer > 0 ? (head % 2 ? 'polysemantic' : 'monosemantic candidate') : null,
    };
  });
}

const noVerdict = {
  ...{ family_mix: null, scores: null, attention: null, attention_by_chance: null },
  ...{ conflicts: null, paper_rule: null },
};

function syntheticVerdict(share: number, top: readonly NewFeatureRow[]) {
  const leading = top.slice(0, 3).map(({ feature }) => feature);
  const kinds = {
    ...{ induction_on_repeats: share, previous_token_on_repeats: share, duplicate_token_on_repeats: share },
    ...{ induction_on_text: share / 5, previous_token_on_text: share / 5, duplicate_token_on_text: share / 5 },
    ...{ current_token_on_text: share / 5, bos_on_text: share / 5 },
  };
  const roles = 1 + share;
  return {
    family_mix: [
      { family: 'name mover', share: 0.75, features: 30, leading },
      { family: 'induction', share: 0.25, features: 10, leading },
    ],
    scores: {
      ...{ roles_low: roles, roles_high: roles, features: 40, known_features: 40, known_share: 1 },
      ...{ mean_head_weight: share, mean_attribution_share: share, weight_attribution_correlation: 0.8 },
    },
    attention: { ...kinds, entropy_on_text: 2.5, distance_on_text: 21 },
    attention_by_chance: null,
    conflicts: [],
    paper_rule: {
      ...{ verdict: 'polysemantic', features: 10, known_features: 10, roles, roles_of_5: roles, roles_of_20: roles },
      ...{ roles_by_family: 2, roles_by_reading: 2, roles_by_logit_effect: 9, roles_by_activation: 9 },
      family_mix: [{ family: 'induction', features: 10 }],
    },
  };
}

/** Token pairs walk the vocabulary, so that they hold its hostile tokens. */
function syntheticCircuits({ heads, vocabulary }: SyntheticShape, layer: number): NewHeadCircuitsRow[] {
  return Array.from({ length: heads }, (_, head) => {
    const pairs = Array.from({ length: 10 }, (_, i) => {
      const token = 10 * (layer * heads + head) + i;
      return { from: token % vocabulary, to: (token * 7) % vocabulary, value: 9 - i / 2 };
    });
    const circuits = {
      by_distance: [0, 2, 1, 0.5],
      same_token_by_distance: [1, 1, 1, 1],
      qk_rank: 20,
      ov_rank: 25,
      qk_singular: [2, 1],
      ov_singular: [1, 1],
      writes: pairs,
      attends: pairs,
    };
    const composition = layer > 0 ? [{ kind: 'K', layer: layer - 1, head: 0, score: 0.1 }] : [];
    const scores = {
      ...{ copying_by_eigenvalues: head / heads, copying_by_tokens: head / heads, same_token_preference: 0.1 },
      ...{ previous_token_by_position: null, current_token_by_position: null, bos_by_position: null },
      recency_by_position: -0.2,
    };
    return { layer, head, tokens: vocabulary, scores, ...circuits, composition };
  });
}

/** Three contexts a head: it attends to BOS, to a token some way back and to itself. */
function syntheticSequences({ heads }: SyntheticShape, layer: number): NewHeadSequenceRow[] {
  return Array.from({ length: 3 * heads }, (_, i) => {
    const [head, rank] = [Math.floor(i / 3), i % 3];
    const position = 10 + ((7 * i + 40 * rank) % (CONTEXT - 10));
    const attention = new Float32Array(position + 1).fill(0.1 / (position - 2));
    attention.set([0.25], 0);
    attention.set([0.5], Math.max(1, position - 5 - 20 * rank));
    attention.set([0.15], position);
    return { layer, head, rank, context: (i + 31 * layer) % CONTEXTS, position, norm: 9 - rank, attention };
  });
}

function syntheticWiring({ features, heads }: SyntheticShape, layer: number, feature: number): NewWiringRow[] {
  return Array.from({ length: 5 }, (_, rank) => ({
    ...{ layer, sae: String(layer), feature, rank },
    ...{ upstream_layer: layer - 1, upstream_sae: String(layer - 1), upstream_feature: (feature + rank) % features },
    ...{ head: rank % heads, value: 1 - rank / 4 },
  }));
}

function syntheticNeighbours({ features, layers }: SyntheticShape, layer: number, feature: number): NewNeighbourRow[] {
  const near = (kind: NewNeighbourRow['kind'], rank: number, other_layer: number): NewNeighbourRow => ({
    ...{ layer, sae: String(layer), feature, kind, rank, other_layer, other_sae: String(other_layer) },
    ...{ other_feature: (feature + rank + 1) % features, value: 1 - rank / 12, twin: kind === 'decoder' && rank === 0 },
  });
  const ranks = Array.from({ length: 5 }, (_, rank) => rank);
  return [
    ...ranks.map((rank) => near('activation', rank, layer)),
    ...ranks.map((rank) => near('decoder', rank, layer)),
    ...(layers > 1 ? ranks.map((rank) => near('decoder', rank + 5, (layer + 1) % layers)) : []),
    ...ranks.map((rank) => near('logits', rank, (layer + rank) % layers)),
  ];
}

const mapOf = { method: 'umap', plane_variance: 0.1 } as const;

/** On a spiral, each SAE's beside the one before. */
function syntheticPlace(layer: number, feature: number): NewMapPlaceRow {
  const [x, y] = [Math.sqrt(feature) * Math.cos(feature), Math.sqrt(feature) * Math.sin(feature)];
  return { layer, sae: String(layer), feature, x, y, all_x: x + 12 * layer, all_y: y };
}

/** A document a context. */
function syntheticDocuments(): NewDocumentRow[] {
  const tokens = CONTEXT - 1;
  return Array.from({ length: CONTEXTS }, (_, document) => ({
    ...{ document, file: 'corpus/text.jsonl', offset: 1000 * document, hash: '0'.repeat(64) },
    ...{ tokens, token_start: document * tokens },
  }));
}

function vocabularyRow(token: string, token_id: number): NewVocabularyRow {
  return { token_id, token, bytes: token === '\\xE6' ? Uint8Array.of(0xe6) : new TextEncoder().encode(token) };
}

function runRecord(shape: SyntheticShape, alive: number): RunRecord {
  const sizes = { nLayers: shape.layers, nHeads: shape.heads, dHead: D_HEAD, dModel: shape.heads * D_HEAD };
  const layers = Array.from({ length: shape.layers }, (_, layer) => layer);
  const model = { modelType: 'gpt2', ...sizes, dMlp: 4 * sizes.dModel, nContext: CONTEXT, vocabSize: shape.vocabulary };
  const read = { documents: CONTEXTS, tokens: CONTEXTS * (CONTEXT - 1) };
  const example = exampleRecord();
  const [text] = example.corpus;
  return {
    ...example,
    config: { context: CONTEXT, examples: 20, seed: shape.seed, window: { before: 32, after: 8 } },
    model: {
      ...{ ...example.model, name: 'synthetic', ...model },
      ...{ epsilon: 1e-5, activation: 'gelu_new', bosTokenId: 0, eosTokenId: 0 },
    },
    saes: layers.map((layer) => ({
      ...{ id: String(layer), layer, site: 'z', source: `saes/layer-${layer}`, foldedBias: 'none' },
      ...{ sha256: text.sha256, files: [] },
    })),
    corpus: [{ ...text, ...read }],
    counts: {
      ...{ files: 1, filesGiven: 1, ...read, contexts: CONTEXTS },
      ...{ features: shape.layers * shape.features, alive },
    },
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
