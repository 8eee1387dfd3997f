import { type Engine, floatSpec, program } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { Transformer } from '../../model/transformer.ts';
import { float32 } from '../../numbers/tensor.ts';
import { headNorms, headWeights } from '../../sae/head-weights.ts';
import type { Sae } from '../../sae/sae.ts';
import { siteWeights } from '../../sae/site.ts';

/** Features of one run of the program. */
const rowsPerBlock = 1024;

/** Head weights of every feature of an SAE, by feature. */
export async function computeHeadWeights(engine: Engine, model: Model, sae: Sae): Promise<Float32Array[]> {
  const { dIn, dSae, wDec } = sae;
  const { nHeads } = model.config;
  const rows = Math.min(rowsPerBlock, dSae);
  const normsOf = await engine.compile(headNormsProgram(model, sae, rows));
  const decoderRows = float32([rows, dIn]);
  const weights: Float32Array[] = [];
  const decoder = wDec.data;
  for (let first = 0; first < dSae; first += rows) {
    const count = Math.min(rows, dSae - first);
    decoderRows.data.set(decoder.subarray(first * dIn, (first + count) * dIn));
    const { data } = (await normsOf({ decoderRows })).norms;
    for (let row = 0; row < count; row++) weights.push(headWeights(data.slice(row * nHeads, (row + 1) * nHeads)));
  }
  await normsOf.dispose();
  return weights;
}

function headNormsProgram(model: Model, sae: Sae, rows: number) {
  return program({
    name: `head weights of ${sae.id}`,
    inputs: { decoderRows: floatSpec(rows, sae.dIn) },
    outputs: { norms: floatSpec(rows, model.config.nHeads) },
    weights: siteWeights(model, sae),
    body({ decoderRows }, weights) {
      const layer = new Transformer(model.config, weights).layer(sae.layer);
      return { norms: headNorms(layer, sae.site, decoderRows, model.config.nHeads) };
    },
  });
}
