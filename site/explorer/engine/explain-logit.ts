import * as tf from '@tensorflow/tfjs-core';
import type { FrozenPrompt } from '../../../pipeline/attribution/recursion/frozen-prompt.ts';
import { type LogitTarget, logitAttribution } from '../../../pipeline/attribution/recursion/logit-attribution.ts';
import { logSumExp } from '../../../pipeline/model/next-tokens.ts';
import type { Transformer } from '../../../pipeline/model/transformer.ts';
import type { ExplainedLogit } from '../protocol.ts';
import type { Prompts } from './prompt.ts';
import { residualAt, type StoredPass } from './stored-pass.ts';

/** A logit by component and by head, beside the logit that the forward pass itself gives. */
export async function explainLogit(
  prompt: FrozenPrompt,
  pass: StoredPass,
  target: LogitTarget,
  prompts: Pick<Prompts, 'textOfToken'>,
): Promise<ExplainedLogit> {
  const { transformer } = prompt;
  const cap = transformer.config.logitSoftcap;
  const tokenIds = target.minusTokenId === null ? [target.tokenId] : [target.tokenId, target.minusTokenId];
  const row = tf.tidy(() => tf.squeeze(transformer.uncappedLogits(residualAt(pass, target.position)), [0]));
  const all = await row.data();
  row.dispose();
  const uncapped = tokenIds.map((id) => all[id]);
  const capped = (x: number) => (cap === null ? x : cap * Math.tanh(x / cap));
  const logits = uncapped.map(capped);
  const attribution = await logitAttribution(prompt, target);
  return {
    ...attribution,
    texts: tokenIds.map((id) => prompts.textOfToken(id)),
    uncapped: lessSecond(uncapped),
    logit: lessSecond(logits),
    probability: logits.length > 1 ? null : Math.exp(logits[0] - logSumExp(Float32Array.from(all, capped))),
    slopes: cap === null ? [] : uncapped.map((x) => 1 - Math.tanh(x / cap) ** 2),
  };
}

const lessSecond = ([first, second = 0]: readonly number[]): number => first - second;

/** Logits of some tokens after a position, as the model gives them. */
export async function logitsAt(
  transformer: Transformer,
  pass: StoredPass,
  position: number,
  tokenIds: readonly number[],
): Promise<Float32Array> {
  const logits = tf.tidy(() => transformer.logitsOf(residualAt(pass, position), tf.tensor1d([...tokenIds], 'int32')));
  const data = new Float32Array(await logits.data());
  logits.dispose();
  return data;
}
