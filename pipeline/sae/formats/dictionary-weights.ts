import { shortened } from '../../errors/printable.ts';
import { UserError } from '../../errors/user-error.ts';
import { readTensor, type TensorFile } from '../../files/tensor-file.ts';
import type { SaeWeights } from './sae-source.ts';
import { foldGate, jumpRelu, transposed } from './tensor-folding.ts';

/** dictionary_learning's classes that are read, with tensors that each has and that tell it from those below it. */
const kinds = {
  GatedAutoEncoder: ['gate_bias', 'mag_bias', 'r_mag'],
  MatryoshkaBatchTopKSAE: ['W_enc', 'k'],
  JumpReluAutoEncoder: ['W_enc', 'threshold'],
  AutoEncoderNew: ['encoder.weight', 'decoder.bias'],
  BatchTopKSAE: ['encoder.weight', 'b_dec', 'threshold'],
  AutoEncoderTopK: ['encoder.weight', 'b_dec'],
  AutoEncoder: ['encoder.weight', 'bias'],
} as const;
export type DictionaryKind = keyof typeof kinds;

const isKind = (name: string): name is DictionaryKind => Object.hasOwn(kinds, name);

/**
 * A file's class: what its config names, if the tensors are that class's, else what the tensors show.
 * Throws UserError where both disagree, and for a TopK or a BatchTopK that no config tells apart.
 */
export function dictionaryKind({ shapes, path }: TensorFile, named: string | undefined): DictionaryKind {
  const holds = (kind: DictionaryKind) => kinds[kind].every((name) => shapes.has(name));
  const [shown] = Object.keys(kinds).filter(isKind).filter(holds);
  if (shown === undefined) {
    const names = shortened([...shapes.keys()].join(', '), 200);
    throw new UserError(`unknown dictionary: it holds ${names}, expected the tensors of a class (${path})`);
  }
  if (named === undefined) {
    if (shown !== 'BatchTopKSAE') return shown;
    throw new UserError(`missing dict_class, expected AutoEncoderTopK or BatchTopKSAE in config.json (${path})`);
  }
  if (!isKind(named)) {
    throw new UserError(`unsupported dict_class: ${named}, expected one of ${Object.keys(kinds).join(', ')} (${path})`);
  }
  // A TopK has a BatchTopK's tensors; older ones have no threshold.
  const isSame = shown === named || (shown === 'BatchTopKSAE' && named === 'AutoEncoderTopK');
  if (isSame) return named;
  throw new UserError(`dict_class is ${named}, but the tensors are those of ${shown} (${path})`);
}

/** Reads a dictionary by its class. k is that of TopK. */
export async function readDictionary(
  kind: DictionaryKind,
  k: number | undefined,
  file: TensorFile,
): Promise<SaeWeights> {
  const isPlain = kind === 'MatryoshkaBatchTopKSAE' || kind === 'JumpReluAutoEncoder';
  const [rows = 0, columns = 0] = file.shapes.get(isPlain ? 'W_enc' : 'encoder.weight') ?? [];
  const [dIn, dSae] = isPlain ? [rows, columns] : [columns, rows];
  const wEnc = isPlain
    ? await readTensor(file, 'W_enc', [dIn, dSae])
    : transposed(await readTensor(file, 'encoder.weight', [dSae, dIn]));
  const wDec = isPlain
    ? await readTensor(file, 'W_dec', [dSae, dIn])
    : transposed(await readTensor(file, 'decoder.weight', [dIn, dSae]));
  const bDec = await readTensor(file, decoderBiasOf[kind], [dIn]);
  // Only these two encode x itself.
  const subtractDecoderBias = kind !== 'AutoEncoderNew' && kind !== 'JumpReluAutoEncoder';
  const vector = (name: string) => readTensor(file, name, [dSae]);
  const common = { dIn, dSae, subtractDecoderBias, wDec, bDec };
  if (kind === 'GatedAutoEncoder') {
    const gate = { rMag: await vector('r_mag'), bMag: await vector('mag_bias'), bGate: await vector('gate_bias') };
    return { ...common, wEnc, ...foldGate(wEnc, gate) };
  }
  const bEnc = await vector(isPlain ? 'b_enc' : 'encoder.bias');
  return { ...common, wEnc, bEnc, activation: await activationOf(kind, k, dSae, file) };
}

const decoderBiasOf: Readonly<Record<DictionaryKind, string>> = {
  AutoEncoder: 'bias',
  AutoEncoderNew: 'decoder.bias',
  GatedAutoEncoder: 'decoder_bias',
  AutoEncoderTopK: 'b_dec',
  BatchTopKSAE: 'b_dec',
  MatryoshkaBatchTopKSAE: 'b_dec',
  JumpReluAutoEncoder: 'b_dec',
};

async function activationOf(
  kind: Exclude<DictionaryKind, 'GatedAutoEncoder'>,
  k: number | undefined,
  dSae: number,
  file: TensorFile,
): Promise<SaeWeights['activation']> {
  if (kind === 'AutoEncoder' || kind === 'AutoEncoderNew') return { kind: 'relu' };
  if (kind === 'JumpReluAutoEncoder') return jumpRelu((await readTensor(file, 'threshold', [dSae])).data);
  if (kind === 'AutoEncoderTopK') {
    if (k === undefined) throw new UserError(`missing k of a topk sae (${file.path})`);
    return { kind: 'topk', k };
  }
  // One threshold for all features; −1 before any was measured, which lets every positive activation through.
  const [threshold = 0] = (await readTensor(file, 'threshold', [])).data;
  return jumpRelu(new Array<number>(dSae).fill(threshold));
}
