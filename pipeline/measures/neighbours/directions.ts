import type { CompiledBy, Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import { copyRow } from '../../numbers/tensor-rows.ts';
import type { AliveFeatures } from '../../record/alive-features.ts';
import type { FeatureDirections } from './maths/feature-directions.ts';
import { directionsProgram, gramProgram } from './programs.ts';

/** Those that SAEs are compared by. */
const compared = ['write', 'logits', 'logitsGram'] as const satisfies (keyof FeatureDirections)[];
export type HostDirections = Readonly<Record<(typeof compared)[number], FloatTensor>>;

/** Rows of the unembedding's products that are computed at once. */
const gramRows = 256;

/** logitGram of every unit vector: [dModel, dModel]. */
export async function computeGram(engine: Engine, model: Model, layer: number): Promise<FloatTensor> {
  const { dModel } = model.config;
  const rows = Math.min(gramRows, dModel);
  const gram = float32([dModel, dModel]);
  const run = await engine.compile(gramProgram(model, layer, rows));
  for (let first = 0; first < dModel; first += rows) {
    const count = Math.min(rows, dModel - first);
    const unit = float32([rows, dModel]);
    for (let row = 0; row < count; row++) unit.data[row * dModel + first + row] = 1;
    gram.data.set((await run({ rows: unit })).gram.data.subarray(0, count * dModel), first * dModel);
  }
  await run.dispose();
  return gram;
}

/** The directions of an SAE's alive features, `rows` of them at a time. */
export class Directions {
  readonly #own: AliveFeatures;
  readonly #rows: number;
  readonly #run: CompiledBy<typeof directionsProgram>;

  private constructor(own: AliveFeatures, rows: number, run: CompiledBy<typeof directionsProgram>) {
    this.#own = own;
    this.#rows = rows;
    this.#run = run;
  }

  static async open(job: { engine: Engine; model: Model; gram: FloatTensor }, own: AliveFeatures, rows: number) {
    const run = await job.engine.compile(directionsProgram(job.model, own.sae, job.gram, rows));
    return new Directions(own, rows, run);
  }

  /** Of as many features as fit, from the first-th alive one on; rows past the last are of no feature. */
  at(first: number): Promise<HostDirections> {
    const { sae, alive } = this.#own;
    const decoderRows = float32([this.#rows, sae.dIn]);
    for (const [row, feature] of alive.slice(first, first + this.#rows).entries()) {
      copyRow(sae.wDec, feature, decoderRows, row);
    }
    return this.#run({ decoderRows });
  }

  /** Of `count` features from the first-th alive one on, together. */
  async through(first: number, count: number): Promise<HostDirections> {
    const parts = await this.at(first);
    const dModel = parts.write.shape[1];
    const all = {
      write: float32([count, dModel]),
      logits: float32([count, dModel]),
      logitsGram: float32([count, dModel]),
    };
    for (let done = 0; done < count; done += this.#rows) {
      const part = done === 0 ? parts : await this.at(first + done);
      const rows = Math.min(this.#rows, count - done);
      for (const name of compared) {
        const width = all[name].shape[1];
        all[name].data.set(part[name].data.subarray(0, rows * width), done * width);
      }
    }
    return all;
  }

  dispose(): Promise<void> {
    return this.#run.dispose();
  }
}
