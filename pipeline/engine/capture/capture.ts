import * as tf from '@tensorflow/tfjs-core';
import type { FloatTensor, HostTensor, Shape } from '../../numbers/tensor.ts';
import type { FlatProgram, Tensors } from '../flat-program.ts';
import { captureBackend, captureBackendName } from './capture-backend.ts';
import type { GraphBuilder, GraphValue, Initializer } from './graph.ts';
import './kernels/index.ts';
import { bytesPerNumber, type SerializedGraph, serialize } from './serialize.ts';

/** Inputs of a model that are not the program's: rows of a matrix in a file, by the numbers of one that is. */
export interface RowsInput {
  readonly name: string;
  /** [number, …, column] */
  readonly shape: Shape;
  readonly matrix: FloatTensor;
  /** Name of the program's input. */
  readonly indices: string;
}

export interface CapturedGraph extends SerializedGraph {
  readonly lookups: readonly RowsInput[];
}

/**
 * Runs a program's body on the capture backend and returns what it did as an ONNX model, gradients included.
 * Outputs keep their names. Throws Error naming the op when one is not covered.
 */
export function capture(program: FlatProgram): CapturedGraph {
  const previous = tf.getBackend();
  captureBackend.reset();
  void tf.setBackend(captureBackendName);
  // Not tf.tidy, which would look for tensors in every byte of the model that is returned.
  tf.engine().startScope(program.name);
  try {
    return trace(program, captureBackend.graph);
  } catch (error) {
    throw nameUncovered(error, program);
  } finally {
    tf.engine().endScope();
    captureBackend.reset();
    if (previous && previous !== captureBackendName) void tf.setBackend(previous);
  }
}

function trace(program: FlatProgram, graph: GraphBuilder): CapturedGraph {
  const inputs = Object.entries(program.inputs).map(([name, { shape, dtype }]): GraphValue => ({ name, shape, dtype }));
  const results = program.body(tensorsOf(inputs), tensorsOf(weightValues(program, graph)));
  const outputs = nameOutputs(graph, results);
  const live = prune(graph, outputs);
  return {
    ...serialize({ name: program.name, ...live, inputs: [...inputs, ...live.lookups], outputs }),
    lookups: live.lookups.map(({ name, shape, matrix, indices }) => ({
      ...{ name, shape, indices },
      matrix: program.weights[nameOfWeight(matrix)] as FloatTensor,
    })),
  };
}

/** Gives the values that are results their outputs' names. Only what no node makes, or is two outputs, is copied. */
function nameOutputs(graph: GraphBuilder, results: Tensors): GraphValue[] {
  const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const names = new Map<string, string>();
  const outputs = Object.entries(results).map(([result, tensor]) => {
    const value = captureBackend.graphValue(tensor);
    const name = outputName(result);
    if (made.has(value.name) && !names.has(value.name)) names.set(value.name, name);
    else graph.nodes.push({ op: 'Identity', inputs: [value.name], outputs: [name], attributes: {} });
    return { ...value, name };
  });
  graph.rename(names);
  return outputs;
}

/** What the outputs need, in the order it was made; the rest would be computed for nothing. */
function prune({ nodes, initializers, lookups }: GraphBuilder, outputs: readonly GraphValue[]) {
  const needed = new Set(outputs.map((output) => output.name));
  const live = nodes.toReversed().filter((node) => {
    const used = node.outputs.some((output) => needed.has(output));
    if (used) for (const input of node.inputs) needed.add(input);
    return used;
  });
  const isNeeded = ({ name }: GraphValue) => needed.has(name);
  return { nodes: live.toReversed(), initializers: initializers.filter(isNeeded), lookups: lookups.filter(isNeeded) };
}

/** An output's name in the graph; prefixed, since inputs and outputs may share a name. */
export const outputName = (name: string): string => `out/${name}`;

const weightPrefix = 'weight/';
const nameOfWeight = (name: string) => (name.startsWith(weightPrefix) ? name.slice(weightPrefix.length) : name);

function weightValues(program: FlatProgram, graph: GraphBuilder): GraphValue[] {
  return Object.entries(program.weights).map(([name, tensor]) =>
    graph.constant(bytesOf(tensor), tensor.shape, tensor.dtype, `${weightPrefix}${name}`),
  );
}

function bytesOf(tensor: HostTensor): Initializer['bytes'] {
  if (tensor.file) return { path: tensor.file.path, offset: bytesPerNumber * (tensor.file.before ?? 0) };
  const { data } = tensor;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function tensorsOf(values: readonly GraphValue[]): Tensors {
  return Object.fromEntries(
    values.map((value) => [nameOfWeight(value.name), tf.engine().makeTensorFromTensorInfo(captureBackend.wrap(value))]),
  );
}

function nameUncovered(error: unknown, program: FlatProgram): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const op = /[Kk]ernel '?(\w+)'? (?:not registered|.*for backend)/.exec(message)?.[1];
  return op ? new Error(`op ${op} of ${program.name} is not covered by the ONNX capture`, { cause: error }) : error;
}
