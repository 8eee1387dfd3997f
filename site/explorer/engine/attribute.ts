import * as tf from '@tensorflow/tfjs-core';
import { headSourceAttribution } from '../../../pipeline/attribution/attribution.ts';
import { constantOf } from '../../../pipeline/attribution/recursion/frozen-prompt.ts';
import { inputScale } from '../../../pipeline/sae/input-normalization.ts';
import { preActivations } from '../../../pipeline/sae/sae.ts';
import type { DirectAttribution, Target } from '../protocol.ts';
import type { HostSae } from './sae-store.ts';
import { partsOf, type StoredPass } from './stored-pass.ts';

/** DFA of one feature at one position by head and source, and its pre-activation as the encoder gives it. */
export async function attribute(pass: StoredPass, sae: HostSae, target: Target): Promise<DirectAttribution> {
  const { layer, feature, position } = target;
  const { value, z } = partsOf(pass, layer);
  const pattern = pass.layers[layer]?.pattern ?? value;
  const [byHead, pre] = tf.tidy(() => {
    const reads = tf.tensor2d(sae.encoderRows(Int32Array.of(feature)), [1, sae.dIn]);
    const row = tf.reshape(tf.slice(z, [0, position, 0], [1, 1, -1]), [1, sae.dIn]);
    const contributions = headSourceAttribution({
      pattern: tf.squeeze(pattern, [0]),
      value: tf.squeeze(value, [0]),
      reads,
      positions: tf.tensor1d([position], 'int32'),
      inputScale: inputScale(sae.encoding.normalization, row)?.into,
    });
    const bEnc = tf.tensor1d([sae.bEnc[feature] ?? 0]);
    return [
      tf.slice(tf.squeeze(contributions, [1]), [0, 0], [-1, position + 1]),
      preActivations(sae.encoding, { wEnc: tf.transpose(reads), bEnc, bDec: tf.tensor1d(sae.bDec) }, row),
    ];
  });
  if (!byHead || !pre) throw new Error('unreachable: both were computed');
  const [byHeadAndSource, preActivation] = await Promise.all([byHead.data(), pre.data()]);
  tf.dispose([byHead, pre]);
  return {
    target,
    byHeadAndSource: new Float32Array(byHeadAndSource),
    constant: constantOf(sae, feature),
    preActivation: preActivation[0] ?? 0,
  };
}
