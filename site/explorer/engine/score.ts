import * as tf from '@tensorflow/tfjs-core';
import type { FrozenPrompt } from '../../../pipeline/attribution/recursion/frozen-prompt.ts';
import { type AttentionEdge, scoreAttribution } from '../../../pipeline/attribution/recursion/score-attribution.ts';
import { wholeContext } from '../../../pipeline/model/rotary.ts';
import type { EdgeScore } from '../protocol.ts';
import { partsOf, type StoredPass } from './stored-pass.ts';

/** An attention score by pairs of components, beside the score that the forward pass itself gives. */
export async function explainScore(prompt: FrozenPrompt, pass: StoredPass, edge: AttentionEdge): Promise<EdgeScore> {
  const attribution = await scoreAttribution(prompt, edge);
  const { layer, head, destination, source } = edge;
  const [score, attention] = tf.tidy(() => {
    const { residual } = partsOf(pass, layer);
    const { query, key } = prompt.transformer.layer(layer).queryKeyValue(residual, wholeContext(pass.ids.length));
    const at = (x: tf.Tensor, position: number) => tf.slice(x, [0, head, position, 0], [1, 1, 1, -1]);
    const pattern = pass.layers[layer].pattern;
    return [
      tf.sum(tf.mul(at(query, destination), at(key, source))),
      tf.slice(pattern, [0, head, destination, source], [1, 1, 1, 1]),
    ];
  });
  if (!score || !attention) throw new Error('unreachable: both were computed');
  const [scores, attentions] = await Promise.all([score.data(), attention.data()]);
  tf.dispose([score, attention]);
  return { ...attribution, edge, score: scores[0] ?? 0, attention: attentions[0] };
}
