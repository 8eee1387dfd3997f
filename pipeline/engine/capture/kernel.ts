import * as tf from '@tensorflow/tfjs-core';
import { captureBackend, captureBackendName } from './capture-backend.ts';
import type { GraphBuilder, GraphValue } from './graph.ts';

type Emitted = GraphValue | GraphValue[];

/** Writes a kernel as ONNX nodes, from its inputs as graph values and its attributes. */
type Emit<Attributes> = (graph: GraphBuilder, inputs: GraphValue[], attributes: Attributes) => Emitted;

/** Registers how a tfjs kernel is written; `emit` gets its inputs in the order of `inputNames`. */
export function kernel<Attributes extends object>(
  kernelName: string,
  inputNames: readonly string[],
  emit: Emit<Attributes>,
): void {
  register(kernelName, (inputs) => inputNames.map((name) => [name, inputs[name]]), emit);
}

/** As kernel, for a tfjs kernel whose inputs are a list (Concat, Pack). */
export function variadicKernel<Attributes extends object>(kernelName: string, emit: Emit<Attributes>): void {
  register(kernelName, Object.entries, emit);
}

type NamedInput = [name: string, input: tf.NamedTensorInfoMap[string] | undefined];

function register<Attributes>(
  kernelName: string,
  inOrder: (inputs: tf.NamedTensorInfoMap) => NamedInput[],
  emit: Emit<Attributes>,
): void {
  tf.registerKernel({
    kernelName,
    backendName: captureBackendName,
    kernelFunc: ({ inputs, attrs }) => {
      const values = inOrder(inputs).map(([name, input]) => captureBackend.graphValue(single(input, kernelName, name)));
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
