import type { ModelConfig } from '../../model/model.ts';
import type { FeatureActivations } from '../../numbers/feature-activations.ts';
import { positionOfToken } from '../../numbers/token-place.ts';
import { countedBy } from '../../record/counted-tokens.ts';
import type { ReadExample } from '../../record/read-examples.ts';
import type { Sample } from '../../record/sample.ts';
import type { Sae } from '../../sae/sae.ts';
import type { TokenValue } from '../logits/maths/strongest-tokens.ts';
import { claimOf, type FamilyClaim } from './checks/claim.ts';
import type { ContextCuts } from './context-cuts.ts';
import type { ContextCurve } from './maths/context-curve.ts';
import { arrivalOf } from './maths/context-curve.ts';
import { distinctTexts } from './maths/distinct-texts.ts';
import { type CutExample, classifyFamily, type FamilySupport } from './maths/families.ts';
import { verdictConfidence } from './maths/family-confidence.ts';
import type { Family } from './maths/family-names.ts';
import type { FamilyScores } from './maths/family-scores.ts';
import { InductionIndex, type ProxyAgreement, proxyAgreement } from './maths/induction-proxy.ts';
import { positionalScore } from './maths/positional.ts';
import { type EffectSpread, type PromotedTokens, promotedTokens } from './maths/promoted-tokens.ts';
import { readTokens } from './maths/read-tokens.ts';
import { meanProfile, type Reading, readingOf } from './maths/reading.ts';
import { type SuccessionTable, successionTable } from './maths/succession.ts';
import { classesOf, tokenClasses } from './maths/token-classes.ts';

/** What the families of every layer share: token classes, their order, and where each token is next by induction. */
export interface FamilyContext {
  readonly classes: Int32Array;
  readonly succession: SuccessionTable;
  readonly induction: InductionIndex;
  /** The tokens of a context that is in the index. */
  tokensOf(context: number): Int32Array;
  /** Tokens of a context. */
  readonly length: number;
  /** Of each layer: sources that it attends to at most; all where it is null. */
  readonly windows: ModelConfig['windows'];
}

/** Reads a sample of the run on which the induction proxy is checked; costs no forward pass. */
export function openFamilies(
  sample: Sample,
  { vocabSize, windows }: Pick<ModelConfig, 'vocabSize' | 'windows'>,
  tokenText: (id: number) => string,
): FamilyContext {
  const classes = tokenClasses(vocabSize, tokenText);
  const induction = new InductionIndex(vocabSize);
  const sampled = new Map<number, Int32Array>();
  for (const { context, tokens } of sample) {
    sampled.set(context, tokens);
    induction.add(
      context,
      tokens.map((id) => classes[id]),
    );
  }
  const tokensOf = (context: number) => sampled.get(context) ?? new Int32Array();
  const succession = successionTable(classes, tokenText);
  return { classes, succession, induction, tokensOf, length: sample.length, windows };
}

export interface FeatureEvidence {
  readonly sae: Pick<Sae, 'layer' | 'excludedTokens'>;
  readonly feature: number;
  readonly activations: FeatureActivations;
  readonly max: number;
  readonly examples: readonly ReadExample[];
  readonly promoted: readonly TokenValue[];
  readonly spread: EffectSpread;
  readonly cuts: ContextCuts | undefined;
}

/** The columns of the features table that this stage fills. */
interface FamilyColumns {
  readonly family: Family | null;
  readonly family_scores: FamilyScores | null;
  readonly family_support: FamilySupport | null;
  readonly family_confidence: number | null;
  readonly distinct_texts: number | null;
  readonly context_curve: ContextCurve | null;
  readonly reading_profile: Float32Array | null;
  readonly read_tokens: readonly ReadTokenColumns[] | null;
  readonly induction_proxy: ProxyColumns | null;
}

interface ReadTokenColumns {
  readonly token_id: number;
  readonly share: number;
}

interface ProxyColumns {
  readonly token_id: number;
  readonly held: readonly number[];
  readonly missed: readonly number[];
  readonly silent: number;
}

const none: FamilyColumns = {
  family: null,
  family_scores: null,
  family_support: null,
  family_confidence: null,
  distinct_texts: null,
  context_curve: null,
  reading_profile: null,
  read_tokens: null,
  induction_proxy: null,
};

/** A feature's family with its evidence, as columns and as what can be checked on other tokens. */
export interface FamilyFinding {
  readonly columns: FamilyColumns;
  readonly claim: FamilyClaim | undefined;
}

/** One feature's family; nothing for a dead feature, or where there is no context to tell it by. */
export function familyFinding(context: FamilyContext | undefined, evidence: FeatureEvidence): FamilyFinding {
  const { sae, feature, activations, max, promoted, cuts } = evidence;
  if (!context || activations.values.length === 0) return { columns: none, claim: undefined };
  const { length } = context;
  const { examples, clear, readings } = examplesRead(context, sae.layer, evidence);
  const curve = cuts ? cuts.curves[feature] : [];
  const next = nextByInduction(context, readings, promoted);
  const counting = { max, length, isCounted: countedBy(sae, context) };
  const proxy = next && proxyAgreement(context.induction, context.classes[next.tokenId], activations, counting);
  const positional = positionalScore(activations.tokens, length);
  const verdict = classifyFamily({
    ...{ readings, positional, curve, proxy },
    cuts: cutExamples(evidence, length),
  });
  const { family, scores, support } = verdict;
  const columns = {
    family,
    family_scores: scores,
    family_support: support ?? null,
    family_confidence: verdictConfidence(verdict) ?? null,
    distinct_texts: examples.length,
    context_curve: curve.length > 0 ? curve : null,
    reading_profile: meanProfile(readings),
    read_tokens: readTokens(examples.map(textOf(length)), context.classes).map(({ tokenId, share }) => ({
      token_id: tokenId,
      share,
    })),
    induction_proxy: next && proxy ? proxyColumns(next.tokenId, proxy) : null,
  };
  return { columns, claim: claimOf(feature, verdict, clear) };
}

/** What a feature's top examples read, of each text one. */
export function examplesRead(
  context: FamilyContext,
  layer: number,
  { examples, promoted, spread }: Pick<FeatureEvidence, 'examples' | 'promoted' | 'spread'>,
) {
  const distinct = distinctTexts(examples, textOf(context.length));
  const clear = promotedTokens(promoted, context.classes, spread);
  return { examples: distinct, clear, readings: readingsOf(context, layer, distinct, clear) };
}

const textOf =
  (length: number) =>
  ({ token, tokens, bySource }: ReadExample) => ({ tokens, bySource, position: positionOfToken(token, length) });

/** The examples cut short, with what came back as soon as their sources were there. */
function cutExamples({ feature, examples, cuts }: FeatureEvidence, length: number): CutExample[] {
  return (cuts?.examples.get(feature) ?? []).map(({ token, value, curve }) => {
    const bySource = examples.find((example) => example.token === token)?.bySource;
    return { value, curve, arrival: bySource && arrivalOf(curve, bySource, positionOfToken(token, length)) };
  });
}

function readingsOf(
  { classes, succession, length, windows }: FamilyContext,
  layer: number,
  examples: readonly ReadExample[],
  promoted: PromotedTokens,
): Reading[] {
  const window = windows?.[layer] ?? null;
  return examples.map(({ token, tokens, bySource }) => {
    const position = positionOfToken(token, length);
    return readingOf({
      ...{ succession, promoted, bySource, window, position },
      classes: classesOf(tokens, position + 1, classes),
    });
  });
}

/** B of "B is next by induction": the promoted token that induction sources carry most; the most promoted for want of one. */
function nextByInduction(
  { classes }: FamilyContext,
  readings: readonly Reading[],
  promoted: readonly TokenValue[],
): TokenValue | undefined {
  const carried = ({ tokenId }: TokenValue) =>
    readings.reduce((sum, { copied }) => sum + (copied.get(classes[tokenId]) ?? 0), 0);
  const [first, ...others] = promoted.filter(({ value }) => value > 0);
  return first && others.reduce((best, token) => (carried(token) > carried(best) ? token : best), first);
}

const proxyColumns = (token_id: number, { held, missed, silent }: ProxyAgreement): ProxyColumns => ({
  token_id,
  held,
  missed,
  silent,
});
