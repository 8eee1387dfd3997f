import * as tf from '@tensorflow/tfjs-core';
import { logSumExp, type NextToken } from '../../../pipeline/model/next-tokens.ts';
import type { Transformer } from '../../../pipeline/model/transformer.ts';
import { residualAt, type StoredPass } from './stored-pass.ts';

/** How probable some tokens are after a position. All logits of a pass are too many to keep: this row is computed again. */
export async function predictTokens(
  transformer: Transformer,
  pass: StoredPass,
  position: number,
  tokenIds: readonly number[],
): Promise<NextToken[]> {
  const row = tf.tidy(() => transformer.unembed(residualAt(pass, position)));
  const logits = new Float32Array(await row.data());
  row.dispose();
  const normalizer = logSumExp(logits);
  return tokenIds.map((tokenId) => {
    const logit = logits[tokenId];
    return { tokenId, logit, probability: Math.exp(logit - normalizer) };
  });
}
