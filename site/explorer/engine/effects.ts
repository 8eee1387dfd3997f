import * as tf from '@tensorflow/tfjs-core';
import { ablatedResidual, promptMemory } from '../../../pipeline/attribution/ablation.ts';
import { siteActivations } from '../../../pipeline/attribution/recursion/frozen-pass.ts';
import type { Layer } from '../../../pipeline/model/layer.ts';
import type { Transformer } from '../../../pipeline/model/transformer.ts';
import { inputScale } from '../../../pipeline/sae/input-normalization.ts';
import type { EffectsQuestion, MeasuredEffects } from '../protocol.ts';
import type { HostSae } from './sae-store.ts';
import { partsOf, type StoredPass } from './stored-pass.ts';
import type { Stores } from './stores.ts';

/** Rows run at once: ablations times the positions that each runs again. */
const rowsAtOnce = 64;
const leastAblations = 4;

/** Active features of one layer at the position, to be set to zero each on its own. */
export interface AblationBatch {
  readonly layer: number;
  readonly features: Int32Array;
  readonly activations: Float32Array;
  /** Features of the batches before, and of all. */
  readonly before: number;
  readonly total: number;
}

/** Every feature active at the position, layer by layer. */
export function ablationBatches({ active }: StoredPass, { logit, position }: EffectsQuestion): AblationBatch[] {
  const size = Math.max(leastAblations, Math.floor(rowsAtOnce / (logit.position - position + 1)));
  const batches: Omit<AblationBatch, 'total'>[] = [];
  let before = 0;
  for (const [layer, { features, sources, values }] of active) {
    const rows = [...sources.keys()].filter((row) => sources[row] === position);
    for (let at = 0; at < rows.length; at += size) {
      const own = rows.slice(at, at + size);
      batches.push({
        layer,
        features: Int32Array.from(own, (row) => features[row]),
        activations: Float32Array.from(own, (row) => values[row]),
        before,
      });
      before += own.length;
    }
  }
  return batches.map((batch) => ({ ...batch, total: before }));
}

/** Runs a batch's ablations: what each changes the logit, or the difference of logits, by. */
export async function measureBatch(
  { model, saes }: Stores,
  pass: StoredPass,
  batch: AblationBatch,
  { logit, position }: EffectsQuestion,
): Promise<MeasuredEffects> {
  const { transformer } = model;
  const sae = await saes.get(batch.layer);
  const { residuals, memory } = unchanged(transformer, pass);
  const tokenIds = logit.minusTokenId === null ? [logit.tokenId] : [logit.tokenId, logit.minusTokenId];
  const changes = tf.tidy(() => {
    const tokens = tf.tensor1d(tokenIds, 'int32');
    const ablated = ablatedResidual({ transformer, residuals }, memory, {
      ...{ layer: batch.layer, site: sae.site, position, destination: logit.position },
      written: writtenBy(transformer.layer(batch.layer), sae, pass, { batch, position }),
    });
    const after = transformer.logitsOf(ablated, tokens);
    const before = transformer.logitsOf(tf.slice(pass.residual, [logit.position, 0], [1, -1]), tokens);
    return tf.sub(after, before);
  });
  const data = await changes.data();
  changes.dispose();
  const { layer, features, before, total } = batch;
  const width = tokenIds.length;
  const effects = Float32Array.from(features, (_, row) => data[row * width] - (width > 1 ? data[row * width + 1] : 0));
  return { layer, features, effects, done: before + features.length, total };
}

function unchanged(transformer: Transformer, pass: StoredPass) {
  const residuals = pass.layers.map((_, layer) => partsOf(pass, layer).residual);
  const memory = pass.memory ?? tf.tidy(() => promptMemory({ transformer, residuals }).map((own) => ({ ...own })));
  pass.memory = memory;
  return { residuals, memory };
}

/** f_j·wDec[j] of each feature at the position, scaled back where the SAE scales its input: [row, dIn]. */
function writtenBy(
  own: Layer,
  sae: HostSae,
  pass: StoredPass,
  { batch, position }: { readonly batch: AblationBatch; readonly position: number },
) {
  const { layer, features, activations } = batch;
  const rows = tf.tensor2d(sae.decoderRows(features), [features.length, sae.dIn]);
  const written = tf.mul(rows, tf.tensor2d(activations, [features.length, 1]));
  const x = tf.squeeze(siteActivations(own, sae.site, partsOf(pass, layer)), [0]);
  const back = inputScale(sae.encoding.normalization, x)?.back;
  return back ? tf.mul(written, tf.slice(back, [position, 0], [1, 1])) : written;
}
