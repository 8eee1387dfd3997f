import type { HeadCircuitsRow } from '../../../pipeline/measures/circuits/table.ts';
import { attentionThresholds } from '../../../pipeline/measures/heads/maths/attention-check.ts';
import { beyondChance } from '../../../pipeline/measures/heads/maths/chance.ts';
import { roleThresholds } from '../../../pipeline/measures/heads/maths/polysemanticity.ts';
import type { HeadRow, HeadVerdictRow } from '../../../pipeline/measures/heads/table.ts';
import { percent, signed } from '../../page-kit/format.ts';
import { attentionPlace, attentionTarget, conflictSentence } from './attention-words.ts';
import { rolesText } from './roles-text.ts';

const NAMED = 3;

/** What a head does, in a few sentences made of its rows alone; '' where it has no verdict. */
export function headSentence(
  row: HeadRow,
  circuits?: HeadCircuitsRow,
  verdicts: readonly HeadVerdictRow[] = [],
): string {
  const { verdict, mix, others } = headSentences(row, circuits);
  return [verdict, doubtOf(row, verdicts), mix, ...others].filter((sentence) => sentence !== '').join(' ');
}

/** Of a verdict that fewer than half of the choices tried give, how many do; '' of others. */
function doubtOf({ polysemanticity }: HeadRow, verdicts: readonly HeadVerdictRow[]): string {
  if (polysemanticity === null) return '';
  const same = verdicts.filter(({ verdict }) => verdict === polysemanticity).length;
  return 2 * same >= verdicts.length
    ? ''
    : `Only ${same} of ${verdicts.length} choices of features, threshold and confidence give this verdict.`;
}

/** The same, one by one; each '' where there is nothing to say. */
export function headSentences(row: HeadRow, circuits?: HeadCircuitsRow) {
  const { polysemanticity, scores } = row;
  if (polysemanticity === null || scores === null) return { verdict: '', mix: '', others: [] };
  const conflicts = (row.conflicts ?? []).map((conflict) => conflictSentence(conflict, (share) => percent(share, 2)));
  return {
    verdict: verdictOf(row, polysemanticity, scores),
    mix: mixOf(row),
    others: [
      ...conflicts,
      conflicts.length > 0 ? '' : attentionOf(row),
      ...(circuits ? [copyingOf(circuits), compositionOf(circuits)] : []),
    ],
  };
}

function verdictOf({ layer, head }: HeadRow, verdict: string, scores: NonNullable<HeadRow['scores']>): string {
  const name = `Head ${layer}.${head}`;
  const roles = `has ${rolesText(scores)} effective roles`;
  const most = roleThresholds.roles;
  if (verdict === 'polysemantic') return `${name} is polysemantic: it ${roles}, more than ${most}.`;
  if (verdict === 'monosemantic candidate')
    return `${name} is a candidate for monosemanticity: it ${roles}, at most ${most}.`;
  if (verdict === 'conflicting evidence')
    return `${name} ${roles}, but its attention tells of another, so that it is no candidate for monosemanticity.`;
  return `There is too little evidence on whether head ${layer}.${head} is polysemantic: ${lackOf(scores)}.`;
}

function lackOf(scores: NonNullable<HeadRow['scores']>): string {
  const { features, known_features, known_share } = scores;
  if (features === 0) return 'it carries no attribution of a feature with more than an even share of its decoder on it';
  if (known_features < roleThresholds.knownFeatures)
    return `${known_features} of its ${features} ${features === 1 ? 'feature has' : 'features have'} a known family`;
  return `it has ${rolesText(scores)} effective roles, depending on the features of no clear family, ${percent(1 - known_share, 2)} of its attribution`;
}

function mixOf({ family_mix }: HeadRow): string {
  const parts = [...(family_mix ?? [])]
    .toSorted((a, b) => b.share - a.share)
    .slice(0, NAMED)
    .map(({ family, share }) => `${percent(share, 2)} ${family}`);
  return parts.length > 0 ? `By the attribution that it carries its features are ${parts.join(', ')}.` : '';
}

/** Most of the attention, beyond chance, on one kind of source is worth a sentence; on text BOS is not, which nothing is read from. */
function attentionOf({ attention, attention_by_chance }: HeadRow): string {
  if (attention === null) return '';
  const kinds = [
    ['induction', 'repeats', 'induction_on_repeats'],
    ['previous token', 'repeats', 'previous_token_on_repeats'],
    ['duplicate token', 'repeats', 'duplicate_token_on_repeats'],
    ['current token', 'text', 'current_token_on_text'],
    ['previous token', 'text', 'previous_token_on_text'],
  ] as const;
  const [strongest] = kinds
    .map(([family, place, name]) => {
      const share = attention[name] ?? 0;
      return { family, place, share, beyond: beyondChance(share, attention_by_chance?.[name] ?? 0) };
    })
    .toSorted((a, b) => b.beyond - a.beyond);
  if (!strongest || strongest.beyond < attentionThresholds.most) return '';
  const where = attentionPlace(strongest.family, strongest.place);
  const sentence = `${where}, ${percent(strongest.share, 2)} of its attention goes to ${attentionTarget(strongest.family)}.`;
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}

/** From these on a circuit is worth a sentence. */
const COPIES = 0.5;
const OPPOSES = -0.9;
const COMPOSES = 0.05;

function copyingOf({ scores }: HeadCircuitsRow): string {
  const { copying_by_tokens, copying_by_eigenvalues } = scores;
  if (copying_by_tokens >= COPIES)
    return `Its OV circuit copies: ${percent(copying_by_tokens, 2)} of tokens are among the ten tokens whose logits they raise most.`;
  return copying_by_eigenvalues <= OPPOSES ? 'Its OV circuit lowers the logits of the tokens that it reads.' : '';
}

function compositionOf({ composition }: HeadCircuitsRow): string {
  const [strongest] = composition.toSorted((a, b) => b.score - a.score);
  if (!strongest || strongest.score < COMPOSES) return '';
  const { kind, layer, head, score } = strongest;
  return `Its ${READS[kind] ?? kind} read head ${layer}.${head} (${kind}-composition ${signed(score, 2)}).`;
}

const READS: Readonly<Record<string, string | undefined>> = { K: 'keys', Q: 'queries', V: 'values' };
