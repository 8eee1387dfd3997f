import type { KeepTensor } from '../files/model/model-dir.ts';
import { WeightFiles } from '../files/weight-files.ts';
import type { Model, ModelConfig } from '../model/model.ts';
import { tensorShapes } from '../model/tensors.ts';
import { type FloatTensor, sizeOf } from '../numbers/tensor.ts';
import { encoderRowsOf } from '../sae/encoder-rows.ts';
import type { Sae } from '../sae/sae.ts';

/** Bytes of a model's weights, or of the SAEs', that stay in memory beside the programs that have them too. */
export const mostHeldBytes = 2 ** 30;
const bytesPerNumber = 4;

type SaeSize = Pick<Sae, 'dIn' | 'dSae'>;

export const modelBytes = (config: ModelConfig): number =>
  bytesPerNumber * Object.values(tensorShapes(config)).reduce((sum, shape) => sum + sizeOf(shape), 0);

export const saeBytes = ({ dIn, dSae }: SaeSize): number => 2 * bytesPerNumber * dIn * dSae;

export const allSaeBytes = (saes: readonly SaeSize[]): number => saes.reduce((sum, sae) => sum + saeBytes(sae), 0);

/** Decides where a run's weights are held: in memory, or in files of a folder within OUT where they are too large. */
export class HeldWeights {
  readonly #out: string | undefined;
  readonly #most: number;
  #bytes = 0;
  #files: WeightFiles | undefined;

  /** Without a folder they stay in memory, whatever their size. */
  constructor(out: string | undefined, most = mostHeldBytes) {
    this.#out = out;
    this.#most = most;
  }

  /** Where a model's weights are to be held, which come first. */
  async ofModel(config: ModelConfig): Promise<KeepTensor> {
    const files = await this.#filesFor(modelBytes(config));
    return files ? (tensor) => files.keep(tensor) : (tensor) => tensor;
  }

  /** Where SAEs are to be held beside the model, which follows them where they are too large together. */
  async ofSaes(sizes: readonly SaeSize[], model: Model) {
    const files = await this.#filesFor(allSaeBytes(sizes));
    return {
      model: files ? await modelIn(files, model) : model,
      keep: async (sae: Sae): Promise<Sae> => (files ? saeIn(files, sae) : sae),
    };
  }

  async release(): Promise<void> {
    await this.#files?.remove();
    this.#files = undefined;
  }

  async #filesFor(bytes: number): Promise<WeightFiles | undefined> {
    this.#bytes += bytes;
    if (this.#out === undefined || this.#bytes <= this.#most) return undefined;
    this.#files ??= await WeightFiles.open(this.#out);
    return this.#files;
  }
}

async function modelIn(files: WeightFiles, model: Model): Promise<Model> {
  const weights: Record<string, FloatTensor> = {};
  for (const [name, tensor] of Object.entries(model.weights)) weights[name] = await files.keep(tensor);
  return { ...model, weights };
}

/** Features are looked up by row, so the encoder's are kept too. */
async function saeIn(files: WeightFiles, sae: Sae): Promise<Sae> {
  const encoderRows = await files.keep(encoderRowsOf(sae));
  return { ...sae, encoderRows, wEnc: await files.keep(sae.wEnc), wDec: await files.keep(sae.wDec) };
}
