import { floatSpec, type Program } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { Transformer } from '../../model/transformer.ts';
import { attentionWeights } from '../../model/weights.ts';
import type { FloatTensor } from '../../numbers/tensor.ts';
import type { Sae } from '../../sae/sae.ts';
import { strongestWiring, valueWrites } from './maths/feature-wiring.ts';

/** decoder [rows, dIn] of a lower layer's features → writes [head, rows, dHead], as a layer's heads take them. */
export function writesProgram(model: Model, layer: number, lower: Sae, rows: number): Program {
  const { config } = model;
  return {
    name: `${lower.id}'s features as layer ${layer} takes them`,
    inputs: { decoder: floatSpec(rows, lower.dIn) },
    weights: attentionWeights(model, [layer, lower.layer]),
    body({ decoder }, loaded) {
      if (!decoder) throw new Error('writes need decoder rows');
      const upstream = { layer: lower.layer, site: lower.site, wDec: decoder };
      return { writes: valueWrites(new Transformer(config, loaded), layer, upstream) };
    },
  };
}

/** reads [targets, nHeads·dHead] → strongestWiring to the features whose writes, by head, are given. */
export function wiringProgram(writes: readonly FloatTensor[], targets: number, k: number): Program {
  const dIn = writes.reduce((sum, { shape }) => sum + (shape[1] ?? 0), 0);
  return {
    name: `wiring to ${writes[0]?.shape[0] ?? 0} features`,
    inputs: { reads: floatSpec(targets, dIn) },
    weights: Object.fromEntries(writes.map((written, head) => [`writes.${head}`, written])),
    body({ reads }, weights) {
      const byHead = writes.flatMap((_, head) => weights[`writes.${head}`] ?? []);
      if (!reads || byHead.length < writes.length) throw new Error('wiring needs reads and all writes');
      return { ...strongestWiring(reads, byHead, k) };
    },
  };
}
