import type { Family } from './family-names.ts';
import { type FamilyScore, type FamilyScores, familyScore, scoreOf } from './family-scores.ts';
import { thresholds } from './family-thresholds.ts';

/** What the rules decide by. */
export interface RuleEvidence {
  readonly scores: FamilyScores;
  /** Specificity of the induction proxy over strong activations; 0 where it was not measured. */
  readonly proxySpecificity: number;
  /** Top examples that end in different texts. */
  readonly distinctTexts: number;
}

/** One rule of the classification. Rules are tried in order; the first that holds decides. */
export interface FamilyRule {
  /** What it calls a feature. */
  readonly families: readonly Family[];
  /** The scores it looks at, that of the family itself first. */
  readonly scores: readonly FamilyScore[];
  /** The condition in words, given how to write a share. */
  condition(percent: (share: number) => string): string;
  decide(evidence: RuleEvidence): Family | undefined;
}

const nearest = ['previous token', 'current token', 'BOS'] as const satisfies Family[];
const repeated = ['induction', 'duplicate token'] as const satisfies Family[];

const scoresOf = (families: readonly Exclude<Family, 'unclear'>[]) => families.map((family) => familyScore[family]);

const { reading, arrival, highLevel } = thresholds;
const mostOf = (evidence: RuleEvidence, names: readonly Family[], first: Family) =>
  names.reduce((best, name) => (scoreOf(evidence.scores, name) > scoreOf(evidence.scores, best) ? name : best), first);
const isRead = (evidence: RuleEvidence, name: Family) => scoreOf(evidence.scores, name) >= reading;
const isNearestRead = (evidence: RuleEvidence) => nearest.some((name) => isRead(evidence, name));
const isHighLevel = (evidence: RuleEvidence) => scoreOf(evidence.scores, 'high-level context') > highLevel;

/** In the order in which they are tried. */
export const familyRules: readonly FamilyRule[] = [
  {
    families: ['unclear'],
    scores: [],
    condition: () =>
      `fewer than ${thresholds.examples} of its top examples end in different texts, and it is not positional`,
    decide: (evidence) =>
      evidence.distinctTexts < thresholds.examples && scoreOf(evidence.scores, 'positional') < thresholds.positional
        ? 'unclear'
        : undefined,
  },
  {
    families: ['positional'],
    scores: ['positional'],
    condition: (percent) => `the positional score is at least ${percent(thresholds.positional)}`,
    decide: (evidence) => (scoreOf(evidence.scores, 'positional') >= thresholds.positional ? 'positional' : undefined),
  },
  {
    families: ['succession'],
    scores: ['succession', ...scoresOf(repeated)],
    condition: (percent) =>
      `succession carries at least ${percent(reading)}, and more than induction and duplicate token`,
    decide: (evidence) =>
      isRead(evidence, 'succession') &&
      scoreOf(evidence.scores, 'succession') > scoreOf(evidence.scores, mostOf(evidence, repeated, 'induction'))
        ? 'succession'
        : undefined,
  },
  {
    families: repeated,
    scores: [...scoresOf(repeated), 'proxy_specificity_upper_half', ...scoresOf(nearest)],
    condition: (percent) =>
      `the larger of the two carries at least ${percent(reading)} (induction ${percent(thresholds.supportedInduction)} where the ` +
      `induction proxy holds on at least ${percent(thresholds.proxySpecificity)} of its strong activations), and more than ` +
      'previous token, current token and BOS',
    decide(evidence) {
      const more = mostOf(evidence, repeated, 'induction');
      const supported = evidence.proxySpecificity >= thresholds.proxySpecificity;
      const least = more === 'induction' && supported ? thresholds.supportedInduction : reading;
      const near = scoreOf(evidence.scores, mostOf(evidence, nearest, 'previous token'));
      return scoreOf(evidence.scores, more) >= least && scoreOf(evidence.scores, more) > near ? more : undefined;
    },
  },
  {
    families: ['copying'],
    scores: ['copying', ...scoresOf(nearest)],
    condition: (percent) =>
      `copying carries at least ${percent(reading)}; previous token, current token and BOS each less`,
    decide: (evidence) => (isRead(evidence, 'copying') && !isNearestRead(evidence) ? 'copying' : undefined),
  },
  {
    families: ['skip-gram'],
    scores: ['skip_gram', 'activation_with_sources', 'high_level_context', ...scoresOf(nearest)],
    condition: (percent) =>
      `one and the same token carries at least ${percent(reading)}; previous token, current token and BOS each less; and at ` +
      `least ${percent(arrival)} of the activation is there with its sources, or the next rule does not hold`,
    decide(evidence) {
      const arrives = !isHighLevel(evidence) || (evidence.scores.activation_with_sources ?? 1) >= arrival;
      return isRead(evidence, 'skip-gram') && !isNearestRead(evidence) && arrives ? 'skip-gram' : undefined;
    },
  },
  {
    families: ['high-level context'],
    scores: ['high_level_context'],
    condition: (percent) => `more than ${percent(highLevel)} of the activation is lost with the last 16 tokens alone`,
    decide: (evidence) => (isHighLevel(evidence) ? 'high-level context' : undefined),
  },
  {
    families: nearest,
    scores: scoresOf(nearest),
    condition: (percent) => `the largest of the three carries at least ${percent(reading)}`,
    decide(evidence) {
      const most = mostOf(evidence, nearest, 'previous token');
      return isRead(evidence, most) ? most : undefined;
    },
  },
  {
    families: ['local context'],
    scores: ['local_context'],
    condition: (percent) =>
      `at least ${percent(thresholds.local)} of the activation is there with the last 8 tokens alone`,
    decide: (evidence) => (scoreOf(evidence.scores, 'local context') >= thresholds.local ? 'local context' : undefined),
  },
  {
    families: ['unclear'],
    scores: [],
    condition: () => 'no other rule holds',
    decide: () => 'unclear',
  },
];

/** The place in familyRules of the rule that gave a family; of "unclear", that of want of texts or the last one. */
export function ruleOf(family: Family, distinctTexts: number): number {
  if (family === 'unclear') return distinctTexts < thresholds.examples ? 0 : familyRules.length - 1;
  return familyRules.findIndex(({ families }) => families.includes(family));
}

/** The family of the first rule that holds. */
export function decideFamily(evidence: RuleEvidence): Family {
  for (const rule of familyRules) {
    const family = rule.decide(evidence);
    if (family) return family;
  }
  return 'unclear';
}
