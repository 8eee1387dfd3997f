import type { HeadCircuitsRow } from '../../../pipeline/measures/circuits/table.ts';
import type { HeadRow } from '../../../pipeline/measures/heads/table.ts';
import type { InductionHeadRow } from '../../../pipeline/measures/studies/induction/table.ts';
import type { IoiHeadRow } from '../../../pipeline/measures/studies/ioi/table.ts';

/** All that is known of a head. */
export interface HeadEvidence {
  readonly row: HeadRow;
  readonly circuits?: HeadCircuitsRow | undefined;
  readonly induction?: InductionHeadRow | undefined;
  readonly ioi?: IoiHeadRow | undefined;
}

/** A number that heads have, as tables, axes and addresses name it. */
export interface HeadScore {
  readonly key: string;
  readonly group: string;
  readonly name: string;
  /** How it is written: a share as a percentage. */
  readonly unit: 'share' | 'number' | 'count';
  of(head: HeadEvidence): number | null | undefined;
}

type Attention = NonNullable<HeadRow['attention']>;
type Circuit = HeadCircuitsRow['scores'];

const roles = (key: string, name: string, unit: HeadScore['unit'], of: HeadScore['of']): HeadScore => ({
  ...{ key, group: 'Features', name, unit, of },
});
const attends = (key: keyof Attention, name: string, unit: HeadScore['unit'] = 'share'): HeadScore => ({
  ...{ key, group: 'Attention', name, unit, of: ({ row }) => row.attention?.[key] },
});
const circuit = (key: keyof Circuit, name: string, unit: HeadScore['unit'] = 'share'): HeadScore => ({
  ...{ key, group: 'Circuits', name, unit, of: ({ circuits }) => circuits?.scores[key] },
});

/** Every score of a head, by what it is read from. */
export const headScores: readonly HeadScore[] = [
  roles('roles_low', 'Effective roles, at least', 'number', ({ row }) => row.scores?.roles_low),
  roles('roles_high', 'Effective roles, at most', 'number', ({ row }) => row.scores?.roles_high),
  roles('paper_roles', 'Roles by the paper’s rule', 'number', ({ row }) => row.paper_rule?.roles),
  roles('features', 'Features', 'count', ({ row }) => row.scores?.features),
  roles('known_share', 'Of a known family', 'share', ({ row }) => row.scores?.known_share),
  roles('mean_head_weight', 'Mean head weight', 'share', ({ row }) => row.scores?.mean_head_weight),
  roles(
    'mean_attribution_share',
    'Mean share of attribution',
    'share',
    ({ row }) => row.scores?.mean_attribution_share,
  ),
  attends('induction_on_repeats', 'Induction, on repeats'),
  attends('previous_token_on_repeats', 'Previous token, on repeats'),
  attends('duplicate_token_on_repeats', 'Duplicate token, on repeats'),
  attends('induction_on_text', 'Induction, on text'),
  attends('previous_token_on_text', 'Previous token, on text'),
  attends('duplicate_token_on_text', 'Duplicate token, on text'),
  attends('current_token_on_text', 'Current token, on text'),
  attends('bos_on_text', 'BOS, on text'),
  attends('entropy_on_text', 'Entropy on text, nats', 'number'),
  attends('distance_on_text', 'Distance on text, tokens', 'number'),
  circuit('copying_by_tokens', 'Copies, by tokens'),
  circuit('copying_by_eigenvalues', 'Copies, by eigenvalues', 'number'),
  circuit('same_token_preference', 'Attends to the same token'),
  circuit('previous_token_by_position', 'Previous token, by position'),
  circuit('current_token_by_position', 'Current token, by position'),
  circuit('bos_by_position', 'BOS, by position'),
  circuit('recency_by_position', 'Recency, by position', 'number'),
  {
    ...{ key: 'qk_rank', group: 'Circuits', name: 'Effective rank of QK', unit: 'number' },
    of: ({ circuits }) => circuits?.qk_rank,
  },
  {
    ...{ key: 'ov_rank', group: 'Circuits', name: 'Effective rank of OV', unit: 'number' },
    of: ({ circuits }) => circuits?.ov_rank,
  },
  {
    ...{ key: 'induction_greatest', group: 'Induction study', name: 'Greatest induction attention', unit: 'share' },
    of: ({ induction }) => induction?.greatest,
  },
  {
    ...{ key: 'induction_one_token', group: 'Induction study', name: 'After a match of one token', unit: 'share' },
    of: ({ induction }) => induction?.one_token,
  },
  {
    ...{ key: 'ioi_direct', group: 'IOI study', name: 'Direct effect on the logit difference', unit: 'number' },
    of: ({ ioi }) => ioi?.direct.mean,
  },
  {
    ...{ key: 'ioi_end_effect', group: 'IOI study', name: 'Effect of ablating it at the end', unit: 'number' },
    of: ({ ioi }) => ioi?.end_effect.mean,
  },
];

/** The scores that any of some heads has. */
export function scoresOf(heads: readonly HeadEvidence[]): HeadScore[] {
  return headScores.filter((score) => heads.some((head) => typeof score.of(head) === 'number'));
}
