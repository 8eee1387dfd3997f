import type { Progress } from '../../effects.ts';
import { append } from '../../numbers/append.ts';
import type { FeatureActivations } from '../../numbers/feature-activations.ts';
import { hash } from '../../numbers/hash.ts';
import { contextOfToken } from '../../numbers/token-place.ts';
import { aliveFeatures } from '../../record/alive-features.ts';
import { countTokens } from '../../record/counted-tokens.ts';
import type { LayerRecorder } from '../../record/layer-recorder.ts';
import type { ReadExample } from '../../record/read-examples.ts';
import { readExamples } from '../../record/read-examples.ts';
import type { Sample } from '../../record/sample.ts';
import { encoderConstant } from '../../sae/sae.ts';
import type { TableWriter } from '../../store/writer.ts';
import type { FamilyClaim } from '../families/checks/claim.ts';
import type { ContextCuts } from '../families/context-cuts.ts';
import { type FamilyContext, familyFinding } from '../families/families.ts';
import { families } from '../families/maths/family-names.ts';
import { type FeatureFamily, type LayerSummary, leadersOf } from '../heads/heads.ts';
import { decoderTwins } from '../heads/maths/decoder-twins.ts';
import { attributionShares } from '../heads/maths/head-attribution.ts';
import type { FeatureRole } from '../heads/maths/head-roles.ts';
import { featureSummary, summaryText } from '../labels/maths/feature-summary.ts';
import { summaryEvidence } from '../labels/maths/summary-evidence.ts';
import type { FeatureLogits } from '../logits/logits.ts';
import type { TokenValue } from '../logits/maths/strongest-tokens.ts';
import { type ExampleOptions, exampleRows } from './example-rows.ts';
import {
  binEdges,
  featureStatistics,
  histogramBins,
  type IntervalSample,
  intervalCount,
  sampleIntervals,
} from './maths/feature-statistics.ts';
import type { NewExampleRow, NewFeatureRow } from './table.ts';

export interface FeatureTablesOptions extends ExampleOptions {
  readonly nHeads: number;
  readonly seed: number;
  /** Left out where no feature is to be given a family. */
  readonly families?: FamilyContext;
  /** Where the activations of two features of a head are compared. */
  readonly compared: Sample;
  tokenText(id: number): string;
  readonly features: Pick<TableWriter<NewFeatureRow>, 'append'>;
  readonly examples: Pick<TableWriter<NewExampleRow>, 'append'>;
  readonly progress: Progress;
}

/** Activations held in memory at a time; a feature with more than this is held alone. */
const maxEntries = 1 << 20;
/** Features whose rows are handed to the tables together: few, since what lives long costs the garbage collector. */
const featuresPerAppend = 16;

/** What is computed of all of an SAE's features at once. */
export interface ComputedFeatures {
  readonly logits: FeatureLogits;
  /** By feature. */
  readonly headWeights: readonly Float32Array[];
  readonly cuts: ContextCuts | undefined;
}

/** Writes one SAE's rows of the tables `features` and `examples`, from what was recorded of it. */
export async function writeFeatureTables(
  recorder: LayerRecorder,
  { logits, headWeights, cuts }: ComputedFeatures,
  options: FeatureTablesOptions,
): Promise<LayerSummary> {
  const { sae } = recorder;
  const constants = encoderConstant(sae).data;
  const tokens = countTokens(sae, options.contexts);
  const counts = new Float64Array(sae.dSae);
  const { alive } = aliveFeatures(recorder);
  const leaders = leadersOf(alive, headWeights, options.nHeads);
  const roles = new Map<number, Omit<FeatureRole, 'weight'>>();
  const headShares: Float32Array[] = [];
  const ownFamilies: FeatureFamily[] = [];
  const claims: FamilyClaim[] = [];
  let pending: { features: NewFeatureRow[]; examples: NewExampleRow[] } = { features: [], examples: [] };
  const flush = async () => {
    await options.features.append(pending.features);
    await options.examples.append(pending.examples);
    pending = { features: [], examples: [] };
  };
  let feature = 0;
  for (const activations of recorder.activations.features(maxEntries)) {
    const top = readExamples(recorder, feature, options.contexts);
    const constant = constants[feature];
    const row = featureRow(recorder, feature, activations, {
      ...{ ...options, logits, cuts, top, tokens, constant },
      headWeights: headWeights[feature],
    });
    counts[feature] = activations.values.length;
    const byHead = top.map((example) => example.byHead);
    headShares.push(attributionShares(byHead, options.nHeads));
    ownFamilies.push(familyOf(row.feature));
    if (row.claim) claims.push(row.claim);
    if (leaders.has(feature)) roles.set(feature, roleOf(row.feature, activations, options.compared));
    pending.features.push(row.feature);
    const place = { layer: sae.layer, sae: sae.id, feature };
    append(pending.examples, exampleRows(place, activations, top, row.samples, options));
    feature++;
    if (feature % featuresPerAppend === 0) {
      await flush();
      options.progress.update(feature);
    }
  }
  await flush();
  const twins = decoderTwins(sae, alive, options.nHeads);
  return {
    layer: sae.layer,
    sae: sae.id,
    tokens,
    counts,
    headWeights,
    headShares,
    families: ownFamilies,
    twins,
    roles,
    claims,
  };
}

function familyOf({ family, family_confidence, reading_profile }: NewFeatureRow): FeatureFamily {
  return {
    family: families.find((name) => name === family) ?? null,
    confidence: family_confidence ?? 0,
    profile: reading_profile ?? [],
  };
}

/** What heads are judged by; activations in a sample of the run's contexts are compared for all. */
function roleOf(row: NewFeatureRow, activations: FeatureActivations, compared: Sample): Omit<FeatureRole, 'weight'> {
  return {
    ...familyOf(row),
    promoted: new Map(row.positive_logits.map(({ token_id, value }) => [token_id, Math.max(0, value)])),
    activations: activationsIn(compared, activations),
  };
}

function activationsIn(sample: Sample, { tokens, values }: FeatureActivations): FeatureActivations {
  const isIn = (_: number, i: number) => sample.has(contextOfToken(tokens[i], sample.length));
  return { tokens: tokens.filter(isIn), values: values.filter(isIn) };
}

interface FeatureRowOptions extends FeatureTablesOptions {
  readonly logits: FeatureLogits;
  readonly cuts: ContextCuts | undefined;
  readonly top: readonly ReadExample[];
  readonly headWeights: Float32Array;
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
  const samples = count > 0 ? sampleIntervals(activations, maxActivation, hash(options.seed, sae.layer, feature)) : [];
  const named = (tokens: readonly TokenValue[]) =>
    tokens.map(({ tokenId, value }) => ({ token_id: tokenId, token: options.tokenText(tokenId), value }));
  const { columns, claim } = familyFinding(options.families, {
    sae,
    feature,
    activations,
    max: maxActivation,
    examples: options.top,
    promoted: options.logits.positive(feature),
    spread: options.logits.spread(feature),
    cuts: options.cuts,
  });
  const positive_logits = named(options.logits.positive(feature));
  const peaks = options.top.map(({ token, tokens }) => tokens[token % options.contexts.length]);
  const evidence = summaryEvidence({ ...columns, positive_logits }, peaks, options.tokenText);
  const row: NewFeatureRow = {
    layer: sae.layer,
    sae: sae.id,
    feature,
    count,
    density: count / options.tokens,
    mean_active: meanActive,
    max_activation: maxActivation,
    constant: options.constant,
    head_weights: options.headWeights,
    histogram: { edges: binEdges(maxActivation, histogramBins), counts: histogram },
    intervals: samples.map((sample, i) => intervalOf(sample, i, maxActivation, count)),
    positive_logits,
    negative_logits: named(options.logits.negative(feature)),
    ...columns,
    summary: summaryText(featureSummary(evidence)),
  };
  return { feature: row, samples, claim };
}

/** The i-th interval from the highest: its bounds, its activations and their share of the feature's. */
function intervalOf(sample: IntervalSample, i: number, max: number, total: number) {
  const low = (max * (intervalCount - 1 - i)) / intervalCount;
  const high = (max * (intervalCount - i)) / intervalCount;
  return { low, high, count: sample.count, share: sample.count / total };
}
