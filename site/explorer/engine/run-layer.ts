import * as tf from '@tensorflow/tfjs-core';
import { changeFeatures, changeHeads } from '../../../pipeline/attribution/interventions.ts';
import type { Layer } from '../../../pipeline/model/layer.ts';
import { inputScale } from '../../../pipeline/sae/input-normalization.ts';
import { siteInput, siteOutput } from '../../../pipeline/sae/site.ts';
import type { LayerChanges } from './edits.ts';
import type { HostSae } from './sae-store.ts';
import type { LayerState } from './stored-pass.ts';
import type { Stores } from './stores.ts';

export interface LayerRun {
  readonly layer: number;
  /** The residual stream that enters [1, position, dModel]. */
  readonly residual: tf.Tensor;
  readonly sae: HostSae | undefined;
  readonly changes: LayerChanges;
  /** Whether what attribution needs is kept. */
  readonly keepParts: boolean;
}

export interface LayerOutcome {
  readonly state: LayerState;
  /** The residual stream after the layer. */
  readonly next: tf.Tensor;
  /** f [position, dSae] before features are changed; heads already are. */
  readonly f: tf.Tensor | undefined;
}

/** One layer forward: heads are changed first, then the features of what they give. */
export function runLayer({ model, saes }: Stores, run: LayerRun): LayerOutcome {
  const { layer, residual, sae, changes, keepParts } = run;
  const { config } = model.transformer;
  const own = model.transformer.layer(layer);
  const forward = (encodeX?: (x: tf.Tensor) => tf.Tensor) =>
    tf.tidy(() => {
      const { pattern, value, z: clean } = own.attend(residual);
      const { z, written, f } = changeRows(own, clean, { sae, changes, nHeads: config.nHeads, encodeX });
      const { attention, mlp, next } = own.finish(residual, z, written);
      return [pattern, next, value, z, attention, mlp, ...(f ? [f] : [])] as const;
    });
  const tensors = sae ? saes.encoding(sae, forward) : forward();
  const [pattern, next, value, z, attention, mlp, f] = tensors;
  if (!keepParts) tf.dispose([value, z, attention, mlp]);
  return { state: { pattern, parts: keepParts ? { residual, value, z, attention, mlp } : undefined }, next, f };
}

interface RowChanges {
  readonly sae: HostSae | undefined;
  readonly changes: LayerChanges;
  readonly nHeads: number;
  readonly encodeX: ((x: tf.Tensor) => tf.Tensor) | undefined;
}

/** z [1, row, dIn] after the changes, the attention output written of it, and f of the SAE before features are changed. */
export function changeRows(own: Layer, clean: tf.Tensor, { sae, changes, nHeads, encodeX }: RowChanges) {
  const rows = tf.squeeze(clean, [0]);
  const afterHeads = changes.heads ? changeHeads(rows, changes.heads, nHeads) : rows;
  const site = sae?.site ?? 'z';
  const read = siteInput(own, site, afterHeads);
  const f = encodeX?.(read);
  const x = withFeatures(read, f, sae, changes);
  const z = tf.reshape(site === 'z' ? x : afterHeads, clean.shape);
  return { z, written: tf.expandDims(siteOutput(own, site, x), 0), f };
}

function withFeatures(x: tf.Tensor, f: tf.Tensor | undefined, sae: HostSae | undefined, { features }: LayerChanges) {
  if (!f || !sae || !features) return x;
  const back = inputScale(sae.encoding.normalization, x)?.back;
  const rows = tf.tensor2d(sae.decoderRows(features.features), [features.features.length, sae.dIn]);
  return changeFeatures({ x, f, back }, features, rows);
}
