import { callable } from '../pipeline/engine/flat-program.ts';
import type { Engine, OnHost, TensorSpec } from '../pipeline/engine/program.ts';
import { flatSpecs, treeOf } from '../pipeline/engine/tensor-tree.ts';
import { randomInteger, seededRandom } from '../pipeline/numbers/seeded-random.ts';
import { type HostTensor, sizeOf } from '../pipeline/numbers/tensor.ts';

/** Numbers to answer from: more than a batch takes, so that answers differ from batch to batch. */
const pool = 1 << 22;

/**
 * An engine that costs nothing and shares no memory: programs answer at once, from numbers made beforehand. Tokens have
 * l0/2 to 3·l0/2 active features of `dSae`, no feature twice, of random strength. What is left is the host's own work.
 */
export function freeEngine({ l0, dSae }: { readonly l0: number; readonly dSae: number }): Engine {
  const random = seededRandom(1);
  const floats = Float32Array.from({ length: 2 * pool }, () => 0.01 + random());
  const counts = Float32Array.from({ length: 2 * pool }, () => randomInteger(random, l0 / 2, (3 * l0) / 2 + 1));
  const ids = new Int32Array(2 * pool);
  // Steps of less than a hundredth of the features, so that a token's 40 differ.
  for (let i = 1; i < ids.length; i++) ids[i] = (ids[i - 1] + 1 + randomInteger(random, 0, dSae / 100)) % dSae;
  const answer = (name: string, { shape, dtype }: TensorSpec): HostTensor => {
    const size = sizeOf(shape);
    const start = size >= pool ? 0 : randomInteger(random, 0, pool - size);
    if (dtype === 'int32') return { shape, dtype, data: ids.subarray(start, start + size) };
    const source = name.endsWith('.counts') ? counts : floats;
    return { shape, dtype: 'float32', data: source.subarray(start, start + size) };
  };
  const traffic = { bytesRead: 0 };
  return {
    backend: 'onnx-cuda',
    sharesMemory: false,
    traffic,
    compile: async ({ outputs }) =>
      callable(
        async () => {
          for (const [, { shape }] of flatSpecs(outputs)) traffic.bytesRead += 4 * sizeOf(shape);
          return treeOf(outputs, answer) as OnHost<typeof outputs>;
        },
        async () => {},
      ),
  };
}
