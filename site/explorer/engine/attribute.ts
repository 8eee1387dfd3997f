import * as tf from '@tensorflow/tfjs-core';
import { headSourceAttribution } from '../../../pipeline/attribution/attribution.ts';
import { siteActivations } from '../../../pipeline/attribution/recursion/frozen-pass.ts';
import { constantOf } from '../../../pipeline/attribution/recursion/frozen-prompt.ts';
import type { Transformer } from '../../../pipeline/model/transformer.ts';
import { preActivations } from '../../../pipeline/sae/sae.ts';
import { byHeads, outputBiasRead, readScale } from '../../../pipeline/sae/site.ts';
import type { DirectAttribution, Target } from '../protocol.ts';
import type { HostSae } from './sae-store.ts';
import { partsOf, type StoredPass } from './stored-pass.ts';

/** DFA of one feature at one position by head and source, and its pre-activation as the encoder gives it. */
export async function attribute(
  transformer: Transformer,
  pass: StoredPass,
  sae: HostSae,
  target: Target,
): Promise<DirectAttribution> {
  const { layer, feature, position } = target;
  const parts = partsOf(pass, layer);
  const { value } = parts;
  const pattern = pass.layers[layer].pattern;
  const [byHead, pre, bias] = tf.tidy(() => {
    const own = transformer.layer(layer);
    const { site, encoding } = sae;
    const encoder = tf.tensor2d(sae.encoderRows(Int32Array.of(feature)), [1, sae.dIn]);
    const at = (x: tf.Tensor) => tf.squeeze(tf.slice(x, [0, position, 0], [1, 1, -1]), [0]);
    const scale = readScale(own, { site, normalization: encoding.normalization }, () => at(parts.z));
    const contributions = headSourceAttribution({
      pattern: tf.squeeze(pattern, [0]),
      value: tf.squeeze(value, [0]),
      reads: byHeads(own, site, encoder),
      positions: tf.tensor1d([position], 'int32'),
      inputScale: scale,
    });
    const bEnc = tf.tensor1d([sae.bEnc[feature]]);
    return [
      tf.slice(tf.squeeze(contributions, [1]), [0, 0], [-1, position + 1]),
      preActivations(
        encoding,
        { wEnc: tf.transpose(encoder), bEnc, bDec: tf.tensor1d(sae.bDec) },
        at(siteActivations(own, site, parts)),
      ),
      scale ? tf.mul(outputBiasRead(own, site, encoder), tf.reshape(scale, [1])) : outputBiasRead(own, site, encoder),
    ];
  });
  if (!byHead || !pre || !bias) throw new Error('unreachable: all were computed');
  const [byHeadAndSource, preActivation, outputBias] = await Promise.all([byHead.data(), pre.data(), bias.data()]);
  tf.dispose([byHead, pre, bias]);
  return {
    target,
    byHeadAndSource: new Float32Array(byHeadAndSource),
    constant: constantOf(sae, feature),
    outputBias: outputBias[0] ?? 0,
    preActivation: preActivation[0],
  };
}
