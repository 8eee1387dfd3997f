import * as tf from '@tensorflow/tfjs-core';
import { captureBackend, captureBackendName } from './capture-backend.ts';
import type { GraphBuilder, GraphValue } from './graph.ts';

type Emitted = GraphValue | GraphValue[];

/**
 * Registers how a tfjs kernel is written as ONNX nodes. `emit` gets the kernel's inputs as graph values, in the
 * order of `inputNames`, and its attributes.
 */
export function kernel<Attributes extends object>(
  kernelName: string,
  inputNames: readonly string[],
  emit: (graph: GraphBuilder, inputs: GraphValue[], attributes: Attributes) => Emitted,
): void {
  tf.registerKernel({
    kernelName,
    backendName: captureBackendName,
    kernelFunc: ({ inputs, attrs }) => {
      const values = inputNames.map((name) => captureBackend.graphValue(single(inputs[name], kernelName, name)));
      return wrapAll(emit(captureBackend.graph, values, attrs as unknown as Attributes));
    },
  });
}

/** As kernel, for a tfjs kernel whose inputs are a list (Concat, Pack). */
export function variadicKernel<Attributes extends object>(
  kernelName: string,
  emit: (graph: GraphBuilder, inputs: GraphValue[], attributes: Attributes) => Emitted,
): void {
  tf.registerKernel({
    kernelName,
    backendName: captureBackendName,
    kernelFunc: ({ inputs, attrs }) => {
      const values = Object.values(inputs).map((input) =>
        captureBackend.graphValue(single(input, kernelName, 'input')),
      );
      return wrapAll(emit(captureBackend.graph, values, attrs as unknown as Attributes));
    },
  });
}

function single(input: tf.NamedTensorInfoMap[string] | undefined, kernelName: string, name: string): tf.TensorInfo {
  if (!input) throw new Error(`kernel ${kernelName} was called without its input ${name}`);
  return input;
}

function wrapAll(emitted: Emitted): tf.TensorInfo | tf.TensorInfo[] {
  return Array.isArray(emitted) ? emitted.map((value) => captureBackend.wrap(value)) : captureBackend.wrap(emitted);
}

/** The value at an index that the kernel's own contract guarantees. */
export function at<T>(items: readonly T[], index: number): T {
  const item = items.at(index);
  if (item === undefined) throw new RangeError(`no item ${index} among ${items.length}`);
  return item;
}
