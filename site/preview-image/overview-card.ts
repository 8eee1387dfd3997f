import { roleThresholds } from '../../pipeline/measures/heads/maths/polysemanticity.ts';
import type { HeadRow, HeadVerdictRow } from '../../pipeline/measures/heads/table.ts';
import type { RunRecord } from '../../pipeline/record/run-record.ts';
import { type Polysemanticity, polysemanticityOf, variedSentence } from '../measures/heads/polysemanticity.ts';
import { count } from '../page-kit/format.ts';
import type { Card } from './card.ts';

/** What the preview of a link to the overview shows. */
export function overviewCard(
  heads: readonly HeadRow[],
  verdicts: readonly HeadVerdictRow[],
  { model, counts }: RunRecord,
): Card {
  const found = polysemanticityOf(heads, verdicts);
  const share = (name: string, of: number) => ({
    name,
    share: of / heads.length,
    value: `${count(of)} of ${count(heads.length)}`,
  });
  return {
    place: 'Attention Atlas',
    title: model.name,
    verdict: found ? `${count(found.polysemantic)} of ${count(found.heads)} heads are polysemantic` : '',
    sentence: found ? criterionSentence(found) : 'Dashboards of attention-output SAE features and attention heads.',
    barsTitle: found ? 'Heads' : '',
    bars: found
      ? [
          share('polysemantic', found.polysemantic),
          share('candidates', found.candidates.length),
          share('conflicting evidence', found.conflicting.length),
          share('too little evidence', found.unknown),
        ]
      : [],
    figures: [
      ['Layers', count(model.nLayers)],
      ['Heads', count(heads.length)],
      ['Features alive', count(counts.alive)],
      ['Tokens read', count(counts.tokens)],
    ],
  };
}

function criterionSentence({ tried }: Polysemanticity): string {
  const criterion = `By our criterion, more than ${roleThresholds.roles} effective roles.`;
  return tried ? `${criterion} ${variedSentence(tried)}` : criterion;
}
