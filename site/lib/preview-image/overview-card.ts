import type { RunRecord } from '../../../pipeline/store/run-record.ts';
import type { HeadRow } from '../../../pipeline/store/schema.ts';
import { count, percent } from '../format.ts';
import { polysemanticHeadline, polysemanticityOf } from '../polysemanticity.ts';
import type { Card } from './card.ts';

/** What the preview of a link to the overview shows. */
export function overviewCard(heads: readonly HeadRow[], { model, counts }: RunRecord): Card {
  const found = polysemanticityOf(heads);
  const share = (name: string, of: number) => ({
    name,
    share: of / heads.length,
    value: `${count(of)} of ${count(heads.length)}`,
  });
  return {
    place: 'Attention Atlas',
    title: model.name,
    verdict: found ? `${percent(found.share, 2)} of judged heads are polysemantic` : '',
    sentence: polysemanticHeadline(heads) || 'What every attention-output feature and every head does.',
    barsTitle: found ? 'Heads' : '',
    bars: found
      ? [
          share('polysemantic', found.polysemantic),
          share('candidates', found.candidates.length),
          share('too little evidence', found.unjudged),
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
