import type { SaeRow } from '../../../pipeline/measures/quality/table.ts';
import { sampleText } from '../../page-kit/sample-text.ts';

type Measured = Pick<SaeRow, 'tokens' | 'contexts' | 'quality_tokens' | 'quality_contexts'>;

/** What the columns of the quality table were measured on. */
export function qualityNote({ tokens, contexts, quality_tokens, quality_contexts }: Measured): string {
  const run = { tokens, contexts };
  const sample = { tokens: quality_tokens, contexts: quality_contexts };
  return (
    `L0, dense and dead features are counted over ${sampleText(run, run)} of the run. The other figures, of x̂ and of ` +
    `next-token predictions, are measured on ${sampleText(sample, run)}; BOS is left out.`
  );
}
