import { floatSpec, intSpec, program } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { Transformer } from '../../model/transformer.ts';
import { attentionWeights } from '../../model/weights.ts';
import type { FloatTensor } from '../../numbers/tensor.ts';
import type { Sae } from '../../sae/sae.ts';
import { strongestWiring, valueWrites } from './maths/feature-wiring.ts';

/** Decoder rows of a lower layer's features → what they write, as a layer's heads take it. */
export function writesProgram(model: Model, layer: number, lower: Sae, rows: number) {
  const { config } = model;
  return program({
    name: `${lower.id}'s features as layer ${layer} takes them`,
    inputs: { decoder: floatSpec(rows, lower.dIn) },
    outputs: { writes: floatSpec(config.nHeads, rows, config.dHead) },
    weights: attentionWeights(model, [layer, lower.layer]),
    body({ decoder }, loaded) {
      const upstream = { layer: lower.layer, site: lower.site, wDec: decoder };
      return { writes: valueWrites(new Transformer(config, loaded), layer, upstream) };
    },
  });
}

/** → ids of strongestWiring to the features whose writes, by head, are given. */
export function wiringProgram(writes: readonly FloatTensor[], targets: number, k: number) {
  const dIn = writes.reduce((sum, { shape }) => sum + shape[1], 0);
  return program({
    name: `wiring to ${writes[0].shape[0]} features`,
    inputs: { reads: floatSpec(targets, dIn) },
    outputs: { ids: intSpec(targets, k) },
    weights: Object.fromEntries(writes.map((written, head) => [head, written])),
    body({ reads }, loaded) {
      const byHead = writes.map((_, head) => loaded[head]);
      return { ids: strongestWiring(reads, byHead, k).ids };
    },
  });
}
