import { UserError } from '../../errors/user-error.ts';
import { readTensor, type TensorFile } from '../../files/tensor-file.ts';
import type { SaeWeights } from './sae-source.ts';
import { jumpRelu } from './tensor-folding.ts';

/** Width of the input and number of features, by the shape of an encoder [dIn, dSae] of one of these names. */
export async function widthsOf(
  path: string,
  open: (path: string) => Promise<TensorFile>,
  names: readonly string[],
): Promise<{ readonly dIn: number; readonly dSae: number }> {
  const file = await open(path);
  try {
    const [dIn, dSae, ...more] = names.map((name) => file.shapes.get(name)).find((shape) => shape) ?? [];
    if (!dIn || !dSae || more.length > 0) throw new UserError(`missing tensor: ${names[0]} [d_in, d_sae] (${path})`);
    return { dIn, dSae };
  } finally {
    await file.close();
  }
}

/** JumpReLU weights of [dIn, dSae] and [dSae, dIn], b_dec not subtracted, as both Gemma Scopes have them. */
export async function readGemmaWeights(file: TensorFile, encoder: string, decoder: string): Promise<SaeWeights> {
  const [dIn = 0, dSae = 0] = file.shapes.get(encoder) ?? [];
  return {
    ...{ dIn, dSae, subtractDecoderBias: false },
    activation: jumpRelu((await readTensor(file, 'threshold', [dSae])).data),
    wEnc: await readTensor(file, encoder, [dIn, dSae]),
    bEnc: await readTensor(file, 'b_enc', [dSae]),
    wDec: await readTensor(file, decoder, [dSae, dIn]),
    bDec: await readTensor(file, 'b_dec', [dIn]),
  };
}
