import { z } from 'zod';

export const size = z.int().positive();
/** Bounded: a list of them is made before any weight is looked at. */
export const layerCount = size.max(10_000);
export const positive = z.number().positive();

/** An id, the first of several, or none: null, -1 and an empty list say none. */
export const tokenId = z
  .union([z.int(), z.array(z.int())])
  .nullish()
  .transform((ids) => {
    const [first = -1] = [ids ?? []].flat();
    return first < 0 ? undefined : first;
  });

/** Hugging Face's names of one formula, ACT2FN of transformers/activations.py. */
const activationNames = {
  gelu_new: 'gelu_new',
  gelu_pytorch_tanh: 'gelu_new',
  gelu_python_tanh: 'gelu_new',
  gelu_fast: 'gelu_new',
  gelu_accurate: 'gelu_new',
  gelu: 'gelu',
  gelu_python: 'gelu',
  relu: 'relu',
  silu: 'silu',
  swish: 'silu',
} as const;
type ActivationName = keyof typeof activationNames;
const isActivationName = (name: string): name is ActivationName => Object.hasOwn(activationNames, name);

/** The formula of an activation's name. */
export const activation = z
  .enum(Object.keys(activationNames).filter(isActivationName))
  .transform((name) => activationNames[name]);
