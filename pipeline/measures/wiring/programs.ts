import { floatSpec, type Program } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { Transformer } from '../../model/transformer.ts';
import { attentionWeights } from '../../model/weights.ts';
import type { FloatTensor } from '../../numbers/tensor.ts';
import { strongestWiring, valueWrites } from './maths/feature-wiring.ts';

/** decoder [rows, dIn] of a lower layer's features → writes [head, rows, dHead], as a layer's heads take them. */
export function writesProgram(model: Model, layer: number, lower: number, rows: number): Program {
  const { config } = model;
  return {
    name: `layer ${lower}'s features as layer ${layer} takes them`,
    inputs: { decoder: floatSpec(rows, config.nHeads * config.dHead) },
    weights: attentionWeights(model, [layer, lower]),
    body({ decoder }, loaded) {
      if (!decoder) throw new Error('writes need decoder rows');
      return { writes: valueWrites(new Transformer(config, loaded), layer, { layer: lower, wDec: decoder }) };
    },
  };
}

/** encoder [targets, nHeads·dHead] → strongestWiring to the features whose writes, by head, are given. */
export function wiringProgram(writes: readonly FloatTensor[], targets: number, k: number): Program {
  const dIn = writes.reduce((sum, { shape }) => sum + (shape[1] ?? 0), 0);
  return {
    name: `wiring to ${writes[0]?.shape[0] ?? 0} features`,
    inputs: { encoder: floatSpec(targets, dIn) },
    weights: Object.fromEntries(writes.map((written, head) => [`writes.${head}`, written])),
    body({ encoder }, weights) {
      const byHead = writes.flatMap((_, head) => weights[`writes.${head}`] ?? []);
      if (!encoder || byHead.length < writes.length) throw new Error('wiring needs an encoder and all writes');
      return { ...strongestWiring(encoder, byHead, k) };
    },
  };
}
