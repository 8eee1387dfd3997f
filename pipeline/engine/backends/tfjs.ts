import * as tf from '@tensorflow/tfjs-core';
import type { DType, HostTensor, TensorData } from '../../numbers/tensor.ts';
import { engineOf, type FlatExecutable, type FlatProgram, type Tensors } from '../flat-program.ts';
import type { BackendName, Engine, HostTensors } from '../program.ts';

/** An engine that runs programs op by op on a tfjs backend, already registered and initialised as `tfjsName`. */
export function tfjsEngine(backend: BackendName, tfjsName: string): Engine {
  return engineOf(backend, async (program) => {
    void tf.setBackend(tfjsName);
    return executable(program, tfjsName, upload(program.weights));
  });
}

function executable(program: FlatProgram, tfjsName: string, weights: Tensors): FlatExecutable {
  return {
    async run(inputs, into) {
      void tf.setBackend(tfjsName);
      const results = tf.tidy(() => ({ ...program.body(upload(inputs), weights) }));
      return download(results, into);
    },
    async dispose() {
      tf.dispose(weights);
    },
  };
}

function upload(tensors: HostTensors): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data, [...shape], dtype)]),
  );
}

async function download(results: Tensors, into: Partial<HostTensors>): Promise<HostTensors> {
  const entries = Object.entries(results).map(async ([name, tensor]): Promise<[string, HostTensor]> => {
    const data = (await tensor.data()) as TensorData;
    const target = into[name];
    target?.data.set(data);
    return [name, target ?? { shape: tensor.shape, dtype: tensor.dtype as DType, data }];
  });
  const tensors = Object.fromEntries(await Promise.all(entries));
  tf.dispose(Object.values(results));
  return tensors;
}
