import { expect, it } from 'vitest';
import { processingSentence } from '../../../../site/measures/quality/processing-sentence.ts';

it('says which z an SAE read, and what said so', () => {
  expect(processingSentence({ folded_bias: 'none', processing_source: '--processing raw' })).toBe(
    'raw, as the model computes it (--processing raw)',
  );
  expect(processingSentence({ folded_bias: 'value_and_norm', processing_source: 'the release' })).toBe(
    'folded, less the biases of values and LayerNorm, c = b_V + β·W_V (the release)',
  );
});
