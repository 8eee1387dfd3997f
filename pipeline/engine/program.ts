import type * as tf from '@tensorflow/tfjs-core';
import type { DType, HostTensor, Shape } from '../numbers/tensor.ts';

export interface TensorSpec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Tensors by name, on a tfjs backend. */
export type Tensors = Readonly<Record<string, tf.Tensor>>;
/** Tensors by name, in host memory. */
export type HostTensors = Readonly<Record<string, HostTensor>>;

/**
 * A pure function of tensors, written in tfjs ops, that any backend can run.
 * Weights are constants of the program: a compiling backend may fold or prepack them.
 */
export interface Program {
  readonly name: string;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly weights: HostTensors;
  body(inputs: Tensors, weights: Tensors): Tensors;
}

export interface Executable {
  /**
   * Runs the program. Outputs named in `into` are written there, without a copy where the backend can.
   * Throws RangeError when an input is missing or its shape or dtype is not the program's.
   */
  run(inputs: HostTensors, into?: HostTensors): Promise<HostTensors>;
  dispose(): Promise<void>;
}

export const backendNames = ['onnx-cpu', 'onnx-webgpu', 'onnx-cuda', 'tfjs-node-gpu', 'tfjs-wasm', 'tfjs-cpu'] as const;
export type BackendName = (typeof backendNames)[number];

export interface Engine {
  readonly backend: BackendName;
  compile(program: Program): Promise<Executable>;
}

/** A float32 input of the given shape. */
export const floatSpec = (...shape: number[]): TensorSpec => ({ shape, dtype: 'float32' });
/** An int32 input of the given shape. */
export const intSpec = (...shape: number[]): TensorSpec => ({ shape, dtype: 'int32' });

/** Throws RangeError unless the inputs are just those the program declares, in shape and dtype. */
export function checkInputs(program: Program, inputs: HostTensors): void {
  for (const [name, spec] of Object.entries(program.inputs)) {
    const given = inputs[name];
    const expected = `${spec.dtype} [${spec.shape.join(', ')}]`;
    if (!given) throw new RangeError(`input ${name} of ${program.name} is missing, expected ${expected}`);
    const same = given.dtype === spec.dtype && given.shape.length === spec.shape.length;
    if (!same || !given.shape.every((dim, i) => dim === spec.shape[i])) {
      throw new RangeError(
        `input ${name} of ${program.name} is ${given.dtype} [${given.shape.join(', ')}], expected ${expected}`,
      );
    }
  }
}
