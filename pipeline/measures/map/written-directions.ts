import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { float32 } from '../../numbers/tensor.ts';
import { copyRow } from '../../numbers/tensor-rows.ts';
import type { AliveFeatures } from '../../record/alive-features.ts';
import { writtenProgram } from './programs.ts';

/** Some of an SAE's alive features; rows past `count` are 0. */
interface WrittenBlock {
  /** Place of the first among the SAE's alive features. */
  readonly first: number;
  readonly count: number;
  /** What they write, as unit vectors [rows, dModel]. */
  readonly write: Float32Array;
  /** writeᵀ·write [dModel, dModel]. */
  readonly products: Float32Array;
}

/** Features that are computed at once. */
const mostRows = 1024;

/** The directions that an SAE's alive features write to the residual stream, block by block. */
export async function* writtenDirections(
  { engine, model }: { readonly engine: Engine; readonly model: Model },
  { sae, alive }: AliveFeatures,
): AsyncGenerator<WrittenBlock> {
  const rows = Math.min(mostRows, Math.max(1, alive.length));
  const run = await engine.compile(writtenProgram(model, sae, rows));
  for (let first = 0; first < alive.length; first += rows) {
    const decoderRows = float32([rows, sae.dIn]);
    const block = alive.slice(first, first + rows);
    for (const [row, feature] of block.entries()) copyRow(sae.wDec, feature, decoderRows, row);
    const { write, products } = await run({ decoderRows });
    yield { first, count: block.length, write: write.data, products: products.data };
  }
  await run.dispose();
}
