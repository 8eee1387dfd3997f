import type { SaeRow } from '../../../pipeline/measures/quality/table.ts';

const words: Readonly<Record<string, string | undefined>> = {
  none: 'raw, as the model computes it',
  value: 'folded, less the value bias, c = b_V',
  value_and_norm: 'folded, less the biases of values and LayerNorm, c = b_V + β·W_V',
};

type Processing = Pick<SaeRow, 'folded_bias' | 'processing_source'>;

/** Which version of z an SAE read in this run, and what said so. */
export function processingSentence({ folded_bias, processing_source }: Processing): string {
  return `${words[folded_bias] ?? folded_bias} (${processing_source})`;
}
