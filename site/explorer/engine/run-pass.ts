import * as tf from '@tensorflow/tfjs-core';
import type { Pass } from '../protocol.ts';
import { checkFinite } from './check-finite.ts';
import { changesOf } from './edits.ts';
import { type EncodedLayer, readActive } from './read-active.ts';
import { readPredictions } from './read-predictions.ts';
import { runLayer } from './run-layer.ts';
import type { HostSae } from './sae-store.ts';
import { disposeLayer, type LayerState, type StoredPass } from './stored-pass.ts';
import type { Stores } from './stores.ts';

/** Runs a prompt through the model and every SAE, with what the edits change; weights are fetched as they are needed. */
export async function runPass(stores: Stores, { ids, edits }: Pass): Promise<StoredPass> {
  await stores.model.shared();
  const { transformer } = stores.model;
  const { config } = transformer;
  const layers: LayerState[] = [];
  const encoded: EncodedLayer[] = [];
  let residual = tf.tidy(() => transformer.embed(tf.tensor2d([...ids], [1, ids.length], 'int32')));
  try {
    for (let layer = 0; layer < config.nLayers; layer++) {
      const sae = await loadLayer(stores, layer);
      const { nHeads, dHead } = config;
      const sizes = { layer, nHeads, dIn: nHeads * dHead, first: 0, length: ids.length };
      const hasBos = ids[0] === stores.prompts.bosTokenId;
      const changes = changesOf(edits, {
        ...sizes,
        hasBos,
        meanActivations: sae?.mean,
        meanZ: stores.model.meanZ(layer),
      });
      const { next, state, f } = runLayer(stores, { layer, residual, sae, changes, keepParts: edits.length === 0 });
      layers.push(state);
      if (!state.parts) residual.dispose();
      residual = next;
      if (sae && f) encoded.push({ sae, f, changes: changes.features });
    }
    const final = residual;
    await checkFinite(final, 0);
    const logits = tf.tidy(() => tf.squeeze(transformer.unembed(final), [0]));
    const next = await readPredictions(logits, ids, (id) => stores.prompts.isToken(id));
    const active = await readActive(encoded);
    return { ids, layers, residual: tf.squeeze(final, [0]), active, ...next };
  } catch (error) {
    layers.forEach(disposeLayer);
    throw error;
  } finally {
    tf.dispose([residual, ...encoded.map(({ f }) => f)]);
  }
}

async function loadLayer({ model, saes }: Stores, layer: number): Promise<HostSae | undefined> {
  const [sae] = await Promise.all([saes.has(layer) ? saes.get(layer) : undefined, model.layer(layer)]);
  return sae;
}
