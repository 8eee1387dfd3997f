import type * as tf from '@tensorflow/tfjs-core';
import { type HostTensor, type Shape, sameShape } from '../numbers/tensor.ts';
import type {
  BackendName,
  Compiled,
  Engine,
  HostTensors,
  OnBackend,
  OnHost,
  Program,
  Specs,
  TensorSpec,
  Traffic,
} from './program.ts';
import { flatSpecs, flatValues, treeOf } from './tensor-tree.ts';

/** Tensors by name, on a tfjs backend. */
export type Tensors = Readonly<Record<string, tf.Tensor>>;

/** A program as backends see it: its names in a row. */
export interface FlatProgram {
  readonly name: string;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly weights: HostTensors;
  /** Throws Error when what the program gives is not as it declares. */
  body(inputs: Tensors, weights: Tensors): Tensors;
}

export interface FlatExecutable {
  run(inputs: HostTensors, into: HostTensors): Promise<HostTensors>;
  dispose(): Promise<void>;
}

/** An engine of a backend that runs flat programs. */
export function engineOf(backend: BackendName, compile: (program: FlatProgram) => Promise<FlatExecutable>): Engine {
  const traffic = { bytesRead: 0 };
  return {
    backend,
    sharesMemory: inHostMemory.includes(backend),
    traffic,
    async compile(program) {
      const executable = await compile(flatten(program));
      return compiled(program, executable, traffic);
    },
  };
}

const inHostMemory: readonly BackendName[] = ['onnx-cpu', 'tfjs-cpu', 'tfjs-wasm'];

/** A function with a way to dispose of what is behind it. */
export const callable = <I extends Specs, O extends Specs>(
  run: (inputs: OnHost<I>, into?: Partial<OnHost<O>>) => Promise<OnHost<O>>,
  dispose: () => Promise<void>,
): Compiled<I, O> => Object.assign(run, { dispose });

function compiled<I extends Specs, O extends Specs, W extends HostTensors>(
  { name, inputs: inputSpecs, outputs: outputSpecs }: Program<I, O, W>,
  executable: FlatExecutable,
  traffic: Traffic,
): Compiled<I, O> {
  const expected = flatSpecs(inputSpecs);
  return callable<I, O>(async (inputs, into = {}) => {
    const given = flatTensors(inputSpecs, inputs);
    for (const [input, spec] of expected) checkTensor(`input ${input} of ${name}`, given[input], spec);
    const outputs = await executable.run(given, flatTensors(outputSpecs, into));
    for (const { data } of Object.values(outputs)) traffic.bytesRead += data.byteLength;
    return treeOf(outputSpecs, (output) => outputs[output]) as OnHost<O>;
  }, executable.dispose);
}

const flatTensors = (specs: Specs, values: object): HostTensors =>
  Object.fromEntries(flatValues<HostTensor>(specs, values));

function flatten<I extends Specs, O extends Specs, W extends HostTensors>(program: Program<I, O, W>): FlatProgram {
  const { name, weights } = program;
  const outputSpecs = flatSpecs(program.outputs);
  return {
    name,
    inputs: Object.fromEntries(flatSpecs(program.inputs)),
    weights,
    body(inputs, bound) {
      const given = treeOf(program.inputs, (input) => inputs[input]) as OnBackend<I>;
      const results: Tensors = Object.fromEntries(
        flatValues<tf.Tensor>(program.outputs, program.body(given, bound as Parameters<typeof program.body>[1])),
      );
      for (const [output, spec] of outputSpecs) checkTensor(`output ${output} of ${name}`, results[output], spec);
      return results;
    },
  };
}

interface Typed {
  readonly shape: Shape;
  readonly dtype: string;
}

/** Throws RangeError unless a tensor has a spec's shape and dtype. */
function checkTensor(what: string, given: Typed | undefined, expected: TensorSpec): void {
  if (!given) throw new RangeError(`${what} is missing, expected ${describe(expected)}`);
  if (given.dtype === expected.dtype && sameShape(given.shape, expected.shape)) return;
  throw new RangeError(`${what} is ${describe(given)}, expected ${describe(expected)}`);
}

const describe = ({ dtype, shape }: Typed) => `${dtype} [${shape.join(', ')}]`;
