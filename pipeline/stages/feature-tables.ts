import {
  binEdges,
  type FeatureActivations,
  featureStatistics,
  histogramBins,
  type IntervalSample,
  intervalCount,
  sampleIntervals,
} from '../core/feature-statistics.ts';
import { headWeights } from '../core/head-weights.ts';
import { hash } from '../core/random.ts';
import { encoderConstant } from '../core/sae.ts';
import type { Progress } from '../effects.ts';
import type { NewExampleRow, NewFeatureRow } from '../store/schema.ts';
import type { TableWriter } from '../store/writer.ts';
import type { ContextFile } from './context-file.ts';
import type { LayerRecorder } from './layer-recorder.ts';
import type { FeatureLogits, TokenValue } from './logits.ts';

export interface Window {
  readonly before: number;
  readonly after: number;
}

export interface FeatureTablesOptions {
  readonly nHeads: number;
  readonly contexts: ContextFile;
  readonly window: Window;
  readonly seed: number;
  tokenText(id: number): string;
  readonly features: TableWriter<NewFeatureRow>;
  readonly examples: TableWriter<NewExampleRow>;
  readonly progress: Progress;
}

/** What the tables of heads and SAEs need to know of a layer's features. */
export interface LayerSummary {
  readonly layer: number;
  /** Active tokens, by feature. */
  readonly counts: Float64Array;
  /** Head weights [feature, head]. */
  readonly headWeights: readonly Float32Array[];
}

/** Activations held in memory at a time; a feature with more than this is held alone. */
const maxEntries = 1 << 20;
/** Features whose rows are handed to the tables together. */
const featuresPerAppend = 64;

/** Writes one layer's rows of the tables `features` and `examples`, from what was recorded of it. */
export async function writeFeatureTables(
  recorder: LayerRecorder,
  logits: FeatureLogits,
  options: FeatureTablesOptions,
): Promise<LayerSummary> {
  const { sae } = recorder;
  const constants = encoderConstant(sae).data;
  const tokens = options.contexts.count * (options.contexts.length - 1);
  const counts = new Float64Array(sae.dSae);
  const weights: Float32Array[] = [];
  let pending: { features: NewFeatureRow[]; examples: NewExampleRow[] } = { features: [], examples: [] };
  const append = async () => {
    await options.features.append(pending.features);
    await options.examples.append(pending.examples);
    pending = { features: [], examples: [] };
  };
  let feature = 0;
  for (const activations of recorder.activations.features(maxEntries)) {
    const row = featureRow(recorder, feature, activations, {
      ...options,
      logits,
      tokens,
      constant: constants[feature] ?? 0,
    });
    counts[feature] = activations.values.length;
    weights.push(row.headWeights);
    pending.features.push(row.feature);
    pending.examples.push(...exampleRows(recorder, feature, activations, row.samples, options));
    feature++;
    if (feature % featuresPerAppend === 0) {
      await append();
      options.progress.update(feature);
    }
  }
  await append();
  return { layer: sae.layer, counts, headWeights: weights };
}

interface FeatureRowOptions extends FeatureTablesOptions {
  readonly logits: FeatureLogits;
  /** Tokens counted, BOS left out. */
  readonly tokens: number;
  readonly constant: number;
}

function featureRow(
  { sae }: LayerRecorder,
  feature: number,
  activations: FeatureActivations,
  options: FeatureRowOptions,
) {
  const { count, meanActive, maxActivation, histogram } = featureStatistics(activations);
  const weights = headWeights(sae, feature, options.nHeads);
  const samples = count > 0 ? sampleIntervals(activations, maxActivation, hash(options.seed, sae.layer, feature)) : [];
  const named = (tokens: readonly TokenValue[]) =>
    tokens.map(({ tokenId, value }) => ({ token_id: tokenId, token: options.tokenText(tokenId), value }));
  const row: NewFeatureRow = {
    layer: sae.layer,
    feature,
    count,
    density: count / options.tokens,
    mean_active: meanActive,
    max_activation: maxActivation,
    constant: options.constant,
    head_weights: weights,
    histogram: { edges: binEdges(maxActivation, histogramBins), counts: histogram },
    intervals: samples.map((sample, i) => intervalOf(sample, i, maxActivation, count)),
    positive_logits: named(options.logits.positive(feature)),
    negative_logits: named(options.logits.negative(feature)),
    family: null,
    family_scores: null,
  };
  return { feature: row, samples, headWeights: weights };
}

/** The i-th interval from the highest: its bounds, its activations and their share of the feature's. */
function intervalOf(sample: IntervalSample, i: number, max: number, total: number) {
  const low = (max * (intervalCount - 1 - i)) / intervalCount;
  const high = (max * (intervalCount - i)) / intervalCount;
  return { low, high, count: sample.count, share: sample.count / total };
}

function exampleRows(
  recorder: LayerRecorder,
  feature: number,
  activations: FeatureActivations,
  samples: readonly IntervalSample[],
  options: FeatureTablesOptions,
): NewExampleRow[] {
  const place = { layer: recorder.sae.layer, feature };
  const top = recorder.top.of(feature);
  const attributions = recorder.attributions.read(top.map(({ record }) => record));
  const rows: NewExampleRow[] = attributions.map(({ bySource, byHead }, rank) => {
    const { token, value } = top[rank] ?? { token: 0, value: 0 };
    const shown = windowOf(token, activations, options);
    const dfa = { dfa_source: bySource.subarray(0, shown.position + 1), dfa_head: byHead };
    return { ...place, interval: 0, rank, activation: value, ...shown, ...dfa };
  });
  for (const [i, { chosen }] of samples.entries()) {
    for (const [rank, index] of chosen.entries()) {
      const shown = windowOf(activations.tokens[index] ?? 0, activations, options);
      const activation = activations.values[index] ?? 0;
      rows.push({ ...place, interval: i + 1, rank, activation, ...shown, dfa_source: null, dfa_head: null });
    }
  }
  return rows;
}

/** The tokens around one, inside its context, with the feature's activation at each. */
function windowOf(token: number, { tokens, values }: FeatureActivations, { contexts, window }: FeatureTablesOptions) {
  const context = Math.floor(token / contexts.length);
  const position = token % contexts.length;
  const windowStart = Math.max(0, position - window.before);
  const windowEnd = Math.min(contexts.length, position + window.after + 1);
  const activations = new Float32Array(windowEnd - windowStart);
  const first = context * contexts.length + windowStart;
  for (let i = lowerBound(tokens, first); i < tokens.length; i++) {
    const offset = (tokens[i] ?? 0) - first;
    if (offset >= activations.length) break;
    activations[offset] = values[i] ?? 0;
  }
  return {
    context,
    position,
    window_start: windowStart,
    token_ids: contexts.tokensOf(context).subarray(windowStart, windowEnd),
    activations,
  };
}

/** Index of the first of some ascending numbers that is not below the given one. */
function lowerBound(ascending: Uint32Array, least: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
