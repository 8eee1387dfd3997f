import { familyConfidence } from '../../../pipeline/measures/families/maths/family-confidence.ts';
import { type Family, families } from '../../../pipeline/measures/families/maths/family-names.ts';
import { type FamilyRule, familyRules, ruleOf } from '../../../pipeline/measures/families/maths/family-rules.ts';
import {
  type FamilyScore,
  type FamilyScores,
  familyScore,
  scoreOf,
} from '../../../pipeline/measures/families/maths/family-scores.ts';
import type { FamilyCheckRow } from '../../../pipeline/measures/families/table.ts';
import type { FeatureRow } from '../../../pipeline/measures/statistics/table.ts';
import { wilsonInterval } from '../../../pipeline/numbers/wilson.ts';
import { counted } from '../../page-kit/counted.ts';
import { count, percent } from '../../page-kit/format.ts';
import { attr, type Html, html, isNothing, nothing } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';

/** Scores from this on are listed, those that the deciding rule looks at whatever they are. */
const SHOWN = 0.1;

/** Labels of the scores that are listed: families in the order of the rules, then others; those of the proxy are in its figure. */
const labels: ReadonlyMap<FamilyScore, string> = new Map([
  ...familyRules
    .flatMap((rule) => rule.families)
    .flatMap((family) => (family === 'unclear' ? [] : [[familyScore[family], family] as const])),
  ['activation_with_sources', 'Activation once its sources are in the context'],
  ['logit_effect_on_source', 'Promotes the token it reads'],
]);

type Row = Pick<FeatureRow, 'family' | 'family_scores' | 'family_support' | 'family_confidence' | 'distinct_texts'>;

/** How sure a family is, the rule that decided it, and the scores, those that this rule looked at first. */
export function familyEvidence(row: Row, links: Links, check?: FamilyCheckRow): Html {
  const family = families.find((name) => name === row.family);
  if (!family || row.family_scores === null) return nothing;
  const place = ruleOf(family, row.distinct_texts ?? Number.POSITIVE_INFINITY);
  const rule = familyRules[place];
  return html`
    ${confidenceLine(row, family, links)}
    ${supportLine(row)}
    ${checkLine(row, check)}
    ${rule && ruleLine(rule, place, { family, scores: row.family_scores }, links)}
    ${scoreList(row.family_scores, rule)}
  `;
}

function confidenceLine({ family_scores, family_confidence }: Row, family: Family, links: Links): Html {
  const confidence = familyConfidence(family, family_scores ? scoreOf(family_scores, family) : 0);
  if (family_confidence === null || !confidence) return nothing;
  const { features, right, interval, least } = confidence;
  const made = html`<a href="${links.page('methods')}#confidence">made features</a>`;
  const score = least > 0 ? ` with a score from ${percent(least, 2)} on` : '';
  return html`
    <p>
      Confidence ${percent(family_confidence, 2)}: of ${count(features)} ${made} with known answers that were
      called ${family}${score}, ${count(right)} are
      (95% interval ${percent(interval.low, 2)} to ${percent(interval.high, 2)}).
    </p>
  `;
}

function supportLine({ family_support, distinct_texts }: Row): Html {
  if (family_support === null || family_support.of === 0) return texts(distinct_texts);
  const { shown, of } = family_support;
  return html`
    <p class=note>Seen in ${count(shown)} of the ${counted(of, 'distinct top example')} that ${of === 1 ? 'was' : 'were'} looked at for it.</p>
  `;
}

/** Top examples are the clearest; what the family is worth over all of a feature's active tokens is another question. */
function checkLine({ family }: Row, check: FamilyCheckRow | undefined): Html {
  if (!check || check.family !== family) return nothing;
  const { low, high } = wilsonInterval(check.shown, check.tokens);
  return html`
    <p class=note>
      On ${count(check.tokens)} of its active tokens drawn at random it shows
      on ${count(check.shown)}: ${percent(check.family_share_random, 2)} (95%
      interval ${percent(low, 2)} to ${percent(high, 2)}).
    </p>
  `;
}

const texts = (distinct: number | null): Html =>
  distinct === null ? nothing : html`<p class=note>Its top examples end in ${counted(distinct, 'distinct text')}.</p>`;

/** The rule that decided, and what a greater score of another family means. */
function ruleLine(
  rule: FamilyRule,
  place: number,
  { family, scores }: { family: Family; scores: FamilyScores },
  links: Links,
): Html {
  const own = scoreOf(scores, family);
  const higher = families.filter((name) => name !== family && scoreOf(scores, name) > own);
  const note =
    family === 'unclear' || higher.length === 0
      ? ''
      : ` The first rule that holds decides, whatever scores more: here ${higher.join(', ')}.`;
  return html`
    <p class=note>
      <a href="${links.page('methods')}#family-rules">Rule ${place + 1} of ${familyRules.length}</a> decided: ${rule.condition((share) => percent(share, 2))}.${note}
    </p>
  `;
}

/** Scores of the deciding rule, in its order; then families in the order of the rules; then what else was measured. */
function scoreList(scores: FamilyScores, rule: FamilyRule | undefined): Html {
  const own = new Set(rule?.scores);
  const items = [...new Set([...own, ...labels.keys()])].map((name) => {
    const [label, score] = [labels.get(name), scores[name]];
    if (label === undefined || score === null || (score < SHOWN && !own.has(name))) return nothing;
    return html`<div${own.has(name) && attr` class=decided`}><dt>${label}</dt><dd>${percent(score, 2)}</dd></div>`;
  });
  return items.every(isNothing) ? nothing : html`<dl class=stats>${items}</dl>`;
}
