import { expect, test } from 'vitest';
import type { TensorFile } from '../../../pipeline/files/tensor-file.ts';
import { dictionaryKind, readDictionary } from '../../../pipeline/sae/formats/dictionary-weights.ts';

const dictionary = { b_dec: [2], 'encoder.weight': [3, 2], 'encoder.bias': [3], 'decoder.weight': [2, 3] };

/** A file of tensors that are all ones. */
function fileOf(shapes: Readonly<Record<string, readonly number[]>>): TensorFile {
  const known = new Map(Object.entries(shapes));
  return {
    path: 'ae.pt',
    shapes: known,
    async read(name) {
      const shape = known.get(name) ?? [];
      return {
        dtype: 'float32',
        shape,
        data: new Float32Array(shape.reduce((size, width) => size * width, 1)).fill(1),
      };
    },
    close: async () => {},
  };
}

test('a TopK written before k and a threshold were among the tensors is read', async () => {
  const file = fileOf(dictionary);
  expect(dictionaryKind(file, 'AutoEncoderTopK')).toBe('AutoEncoderTopK');
  expect(dictionaryKind(file, undefined)).toBe('AutoEncoderTopK');
  expect(await readDictionary('AutoEncoderTopK', 2, file)).toMatchObject({ dIn: 2, dSae: 3, activation: { k: 2 } });
  expect(() => dictionaryKind(file, 'BatchTopKSAE')).toThrow(
    /^dict_class is BatchTopKSAE, but the tensors are those of /,
  );
});

test('with both of them, it may be a TopK or a BatchTopK', () => {
  const file = fileOf({ ...dictionary, k: [], threshold: [] });
  for (const named of ['AutoEncoderTopK', 'BatchTopKSAE']) expect(dictionaryKind(file, named)).toBe(named);
  expect(() => dictionaryKind(file, undefined)).toThrow(
    /^missing dict_class, expected AutoEncoderTopK or BatchTopKSAE/,
  );
});
