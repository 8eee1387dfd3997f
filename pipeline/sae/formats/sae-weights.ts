import { UserError } from '../../errors/user-error.ts';
import { readTensor, type TensorFile } from '../../files/tensor-file.ts';
import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import type { Sae, SaeActivation } from '../sae.ts';
import { foreign, refuseForeignTensors } from './foreign-format.ts';
import type { SaeConfig } from './sae-config.ts';

/** Reads an SAE's tensors and folds into them what its config asks for, so that they encode and decode plainly. */
export async function readSaeWeights(config: SaeConfig, file: TensorFile): Promise<Sae> {
  const { dIn, dSae } = config;
  refuseForeign(config, file);
  const wEnc = await readTensor(file, 'W_enc', [dIn, dSae]);
  const bEnc = await readTensor(file, 'b_enc', [dSae]);
  const wDec = await readTensor(file, 'W_dec', [dSae, dIn]);
  const bDec = await readTensor(file, 'b_dec', [dIn]);
  if (config.rescaleByDecoderNorm) foldDecoderNorms(wEnc, bEnc, wDec);
  const scaling = await readScaling(config, file);
  if (scaling) scaleRows(wDec, scaling);
  return {
    id: String(config.layer),
    layer: config.layer,
    site: config.site,
    dIn,
    dSae,
    activation: await readActivation(config, file),
    subtractDecoderBias: config.subtractDecoderBias,
    wEnc,
    bEnc,
    wDec,
    bDec,
    source: file.path,
  };
}

/** Throws UserError for tensors of another library's, or those of W_enc's shape turned around. */
function refuseForeign({ dIn, dSae }: SaeConfig, { shapes, path }: TensorFile): void {
  refuseForeignTensors(new Set(shapes.keys()), path);
  const [rows, columns] = shapes.get('W_enc') ?? [];
  if (dIn !== dSae && rows === dSae && columns === dIn) {
    throw foreign('Qwen-Scope', `W_enc is [${rows}, ${columns}], turned around`, path);
  }
}

/**
 * What decoder rows are multiplied by: nothing without finetuning_scaling_factor in the config. As in SAELens, a tensor
 * of other values than 1 then contradicts it.
 */
async function readScaling({ dSae, hasScalingFactor }: SaeConfig, file: TensorFile): Promise<Float32Array | undefined> {
  const [name = 'finetuning_scaling_factor'] = ['scaling_factor', 'finetuning_scaling_factor'].filter((candidate) =>
    file.shapes.has(candidate),
  );
  if (!hasScalingFactor && !file.shapes.has(name)) return undefined;
  const { data } = await readTensor(file, name, [dSae]);
  if (hasScalingFactor) return data;
  if (data.every((value) => value === 1)) return undefined;
  throw new UserError(
    `${name} holds values other than 1, expected finetuning_scaling_factor true in the config, or none there (${file.path})`,
  );
}

async function readActivation(config: SaeConfig, file: TensorFile): Promise<SaeActivation> {
  const { activation, dSae } = config;
  if (activation.kind !== 'jumprelu') {
    if (file.shapes.has('threshold')) await refuseThreshold(activation.kind, dSae, file);
    return activation.kind === 'topk' ? activation : { kind: 'relu' };
  }
  // SAELens applies ReLU and then the threshold: one below 0 does what 0 does.
  const threshold = (await readTensor(file, 'threshold', [dSae])).data.map((value) => Math.max(value, 0));
  return { kind: 'jumprelu', threshold: float32([dSae], threshold) };
}

/** A threshold says that the SAE is a JumpReLU one, whatever a config written by hand says. */
async function refuseThreshold(kind: string, dSae: number, file: TensorFile): Promise<void> {
  const { data } = await readTensor(file, 'threshold', [dSae]);
  if (data.every((value) => value <= 0)) return;
  throw new UserError(`a threshold beside a ${kind} sae, expected architecture jumprelu in its config (${file.path})`);
}

/**
 * Folds f·‖wDec‖ into the weights: wEnc[:,i] and bEnc[i] times ‖wDec[i]‖₂, wDec[i] divided by it.
 * wEnc [dIn, dSae], bEnc [dSae], wDec [dSae, dIn], all changed in place; a zero row stays as it is.
 */
function foldDecoderNorms(wEnc: FloatTensor, bEnc: FloatTensor, wDec: FloatTensor): void {
  const dSae = bEnc.data.length;
  const dIn = wDec.data.length / dSae;
  const norms = Float64Array.from({ length: dSae }, (_, i) =>
    Math.sqrt(wDec.data.subarray(i * dIn, (i + 1) * dIn).reduce((sum, value) => sum + value * value, 0)),
  );
  wEnc.data.forEach((value, i) => {
    wEnc.data[i] = value * (norms[i % dSae] ?? 0);
  });
  bEnc.data.forEach((value, i) => {
    bEnc.data[i] = value * (norms[i] ?? 0);
  });
  scaleRows(
    wDec,
    norms.map((norm) => (norm > 0 ? 1 / norm : 1)),
  );
}

function scaleRows(matrix: FloatTensor, factors: Float32Array | Float64Array): void {
  const columns = matrix.data.length / factors.length;
  factors.forEach((factor, row) => {
    for (let i = row * columns; i < (row + 1) * columns; i++) matrix.data[i] = (matrix.data[i] ?? 0) * factor;
  });
}
